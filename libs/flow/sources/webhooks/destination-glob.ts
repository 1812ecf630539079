import { z } from 'zod';

const LONGEST_GLOB = 256;
const MAX_GLOBS = 100;

/** Scheme, host, port, path and query. */
const FORM = /^(https?:)\/\/([^/?#:@[]+|\[[^/?#]*\])(:(?:\d+|\*))?(\/[^?#]*)(?:\?([^#]+))?$/;
/** Any number of characters. */
const TEXT = '*';
/** One part or more; in `partsOf`, any number of them. */
const PARTS = '**';

/** The text is not a glob: `message` says why. */
export class DestinationGlobError extends Error {
  override readonly name = 'DestinationGlobError';
}

/**
 * URLs that requests to a source may name as destination, such as `https://*.example.com/hooks/**`.
 *
 * - Scheme: `https` or `http`.
 * - Host: `*` stands for any number of characters within a label, `**` as a whole label for one label or more. Neither stands
 *   for an IPv6 address.
 * - Port: the scheme's own unless one is given. `:*` stands for any.
 * - Path: `*` stands for any number of characters within a segment, `**` as a whole segment for one segment or more. So
 *   `/a/**` matches `/a/` and everything below it, but not `/a`.
 * - Query: a URL with a query needs a glob with one, in which `*` stands for any number of characters.
 *
 * The rest is compared as it stands, with the URL as the URL standard writes it: host in lower case and punycode, dot segments
 * resolved, the scheme's own port left out. A glob must have this form itself. The time is at most the product of the lengths.
 */
export class DestinationGlob {
  private readonly protocol: string;
  private readonly hostname: string;
  private readonly labels: readonly string[];
  /** Undefined: any. Empty: the scheme's own. */
  private readonly port: string | undefined;
  private readonly segments: readonly string[];
  private readonly query: string;

  /** @throws DestinationGlobError */
  constructor(text: string) {
    const [, protocol = '', hostname = '', port = '', path = '', query = ''] = FORM.exec(text) ?? [];
    if (protocol === '') throw new DestinationGlobError('must be an absolute URL with a path, such as https://*.example.com/hooks/**');
    this.protocol = protocol;
    this.hostname = hostname;
    this.labels = partsOf(hostname, '.');
    this.port = port === ':*' ? undefined : port.slice(1);
    this.segments = partsOf(path.slice(1), '/');
    this.query = query;
    mustBeCanonical(`${protocol}//${hostname}${this.port === undefined ? '' : port}${path}${query === '' ? '' : `?${query}`}`);
  }

  matches({ protocol, hostname, port, pathname, search }: URL): boolean {
    return protocol === this.protocol
      && (hostname.startsWith('[') ? hostname === this.hostname : areParts(hostname.split('.'), this.labels))
      && (this.port === undefined || port === this.port)
      && areParts(pathname.slice(1).split('/'), this.segments)
      && (search === '' ? this.query === '' : this.query !== '' && isText(search.slice(1), this.query));
  }
}

/** The setting `destinations` of a source. Without globs no destination is allowed. */
export const destinationsSchema = z
  .array(z.string().max(LONGEST_GLOB).superRefine((text, context) => {
    try {
      new DestinationGlob(text);
    } catch (error) {
      if (!(error instanceof DestinationGlobError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  }))
  .max(MAX_GLOBS)
  .meta({ description: 'URLs that requests may name as destination. `*` stands for characters of one label or segment, `**` for labels or segments', example: ['https://*.example.com/hooks/**'] });

/** Labels or segments, `**` as one of any text and any number of further ones. @throws DestinationGlobError */
function partsOf(text: string, separator: string): readonly string[] {
  return text.split(separator).flatMap((part) => {
    if (part === PARTS) return [TEXT, PARTS];
    if (part.includes(PARTS)) throw new DestinationGlobError(`has ${PARTS} in ${part}: it must be a whole label of the host, or a whole segment of the path`);
    return [part];
  });
}

/** A glob in another form would never match, or would match something else than it seems to. @throws DestinationGlobError */
function mustBeCanonical(glob: string): void {
  const sample = glob.replaceAll(TEXT, 'x');
  if (!URL.canParse(sample)) throw new DestinationGlobError('has an invalid host or port');
  const { href } = new URL(sample);
  if (href !== sample) throw new DestinationGlobError('must be written as URLs are: ASCII, host in lower case, without user name, default port and dot segments');
}

/** Each piece between wildcards is looked for behind the one before: the first place leaves the most for the others. */
function isText(text: string, pattern: string): boolean {
  const [first = '', ...pieces] = pattern.split(TEXT);
  const last = pieces.pop();
  if (last === undefined) return text === first;
  const end = text.length - last.length;
  if (first.length > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

/**
 * Whether each part is what its pattern says, `**` standing for any number of parts. After a mismatch, the last `**` takes one more;
 * those before have taken the least that they can, so nothing else needs to be tried.
 */
function areParts(parts: readonly string[], patterns: readonly string[]): boolean {
  let [at, next] = [0, 0];
  let last: { readonly next: number; at: number } | undefined;
  for (let part = parts[0]; part !== undefined; part = parts[at]) {
    const pattern = patterns[next];
    if (pattern === PARTS) last = { next: ++next, at };
    else if (pattern !== undefined && isText(part, pattern)) [at, next] = [at + 1, next + 1];
    else if (last === undefined) return false;
    else [at, next] = [++last.at, last.next];
  }
  while (patterns[next] === PARTS) next++;
  return next === patterns.length;
}
