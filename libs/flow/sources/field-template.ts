import { parseKeyHeader } from '#domain/idempotency-key';

/** Where a field of an event is looked up. */
export interface FieldSources {
  /** The value of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly query: (name: string) => string | undefined;
  /** A field of a form body. */
  readonly form: (name: string) => string | undefined;
  /** The text, number or boolean at a JSON pointer (RFC 6901) of the body, as text. */
  readonly json: (pointer: string) => string | undefined;
  /** What is known besides, such as `source:name`, or `record:key` of a Kafka record. */
  readonly known: Readonly<Record<string, string | undefined>>;
}

type Part = (from: FieldSources) => string | undefined;

const SELECTOR = /^(header|query|form|json|source|record):/;
/** What a mistyped selector looks like. */
const NO_SELECTOR = /^[a-z]+:/i;
const KNOWN_SOURCE = ['source:name', 'source:id'];
const KNOWN_RECORD = ['record:key', 'record:topic', 'record:partition', 'record:offset'];
/** What a template's events are made of. */
export type TemplatePlace = 'request' | 'record';
/** Selectors that have values there, by what they begin with. */
const PLACES: Readonly<Record<TemplatePlace, { readonly kinds: readonly string[]; readonly known: readonly string[] }>> = {
  request: { kinds: ['header', 'query', 'form', 'json', 'source'], known: KNOWN_SOURCE },
  record: { kinds: ['header', 'json', 'source', 'record'], known: [...KNOWN_SOURCE, ...KNOWN_RECORD] },
};
const LONGEST = 1_024;

/** A template that is not one: `message` says what is wrong. */
export class FieldTemplateError extends Error {
  override readonly name = 'FieldTemplateError';
}

/**
 * How a field of an event, such as its entity, is made from a request or a record. The first of its alternatives that has a
 * value counts. Each is a selector (`json:/data/id`, `header:x-shop`, `query:shop`, `form:MessageSid`, `source:name`), a
 * constant (`webhook`), or several of them in a row, with the selectors in braces: `{header:x-shop}/{json:/id}|source:name`.
 * Braces may have alternatives of their own: `{header:x-shop|query:shop}/{json:/id}`.
 */
export class FieldTemplate {
  private readonly alternatives: readonly Part[];

  /** @throws FieldTemplateError */
  constructor(
    readonly text: string,
    place: TemplatePlace = 'request',
  ) {
    if (text === '') throw new FieldTemplateError('must not be empty');
    if (text.length > LONGEST) throw new FieldTemplateError(`must have at most ${LONGEST} characters`);
    this.alternatives = alternativesOf(text).map((each) => alternativeOf(each.trim(), place));
  }

  /**
   * The field; undefined if no alternative has a value.
   * @throws LockstepError invalid_idempotency_key: the header `Idempotency-Key`, which has a syntax of its own, is malformed
   */
  valueOf(from: FieldSources): string | undefined {
    return firstOf(this.alternatives, from);
  }
}

function firstOf(alternatives: readonly Part[], from: FieldSources): string | undefined {
  for (const alternative of alternatives) {
    const value = alternative(from);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** Splits at each `|` outside of braces. */
function alternativesOf(text: string): string[] {
  const alternatives: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    else if (character === '|' && depth === 0) {
      alternatives.push(text.slice(start, at));
      start = at + 1;
    }
    if (depth < 0 || depth > 1) break;
  }
  if (depth !== 0) throw new FieldTemplateError('has a brace without its other half');
  return [...alternatives, text.slice(start)];
}

function alternativeOf(text: string, place: TemplatePlace): Part {
  if (!text.includes('{')) return selectorOf(text, place);
  // Constants and what is in braces take turns, beginning and ending with a constant.
  const parts = text.split(/[{}]/).map((each, index) => (index % 2 === 0 ? constantOf(each) : bracesOf(each, place)));
  return (from) => {
    let value = '';
    for (const part of parts) {
      const found = part(from);
      if (found === undefined) return undefined;
      value += found;
    }
    return value;
  };
}

function bracesOf(text: string, place: TemplatePlace): Part {
  const alternatives = text.split('|').map((each) => selectorOf(each, place));
  return (from) => firstOf(alternatives, from);
}

function constantOf(text: string): Part {
  if (SELECTOR.test(text)) throw new FieldTemplateError(`${text} must be in braces, because it stands next to others`);
  return () => text;
}

function selectorOf(given: string, place: TemplatePlace): Part {
  const text = given.trim();
  if (text === '') throw new FieldTemplateError('has an empty selector');
  const kind = SELECTOR.exec(text)?.[1] ?? '';
  const name = text.slice(kind.length + 1);
  const { kinds, known: knownHere } = PLACES[place];
  if (kind !== '' && !kinds.includes(kind)) throw new FieldTemplateError(`${text} is for ${kind === 'record' ? 'records of Kafka' : 'requests'}: here, ${listed(kinds)} can be used`);
  if (kind !== '' && kind !== 'json' && name === '') throw new FieldTemplateError(`${text} must name what to take`);
  switch (kind) {
    case 'header': {
      const lower = name.toLowerCase();
      if (lower === 'idempotency-key') return idempotencyKey;
      return ({ header }) => header(lower);
    }
    case 'query':
      return ({ query }) => query(name);
    case 'form':
      return ({ form }) => form(name);
    case 'json':
      if (name !== '' && !name.startsWith('/')) throw new FieldTemplateError(`${text} must have a JSON pointer such as json:/data/id`);
      if (/~(?![01])/.test(name)) throw new FieldTemplateError(`${text} has a ~ that is neither ~0, which means ~, nor ~1, which means /`);
      return ({ json }) => json(name);
    case 'source':
    case 'record':
      if (!knownHere.includes(text)) throw new FieldTemplateError(`${text} is not known; ${knownHere.join(', ')} are`);
      return ({ known }) => known[text];
    default:
      if (NO_SELECTOR.test(text)) throw new FieldTemplateError(`${text} is no selector: selectors begin with ${listed(kinds)}`);
      return () => text;
  }
}

function idempotencyKey({ header }: FieldSources): string | undefined {
  const value = header('idempotency-key');
  return value === undefined ? undefined : parseKeyHeader(value);
}

function listed(kinds: readonly string[]): string {
  return `${kinds.slice(0, -1).map((kind) => `${kind}:`).join(', ')} and ${kinds.at(-1) ?? ''}:`;
}
