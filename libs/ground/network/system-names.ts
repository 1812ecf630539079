import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';

/** Names that this machine knows without DNS, and how it completes names. */
export interface SystemNames {
  /** Addresses by name, in lower case, from the hosts file. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** Domains to look for a short name in. */
  readonly search: readonly string[];
  /** A name with fewer dots is looked for in the search domains first. */
  readonly ndots: number;
}

export interface SystemNameFiles {
  readonly hosts: string;
  readonly resolvConf: string;
}

/** How soon a changed file counts. */
const CHECK_MS = 5_000;

/**
 * Reads hosts(5) and resolv.conf(5), and again when they have changed. The files are read synchronously, which takes
 * microseconds: libuv's threads may all be busy.
 */
export class SystemNamesReader {
  private names: SystemNames | undefined;
  private version = '';
  private checkedAtMs = -Infinity;

  /** @param onChange is called before names of changed files are returned, not for the first ones */
  constructor(
    private readonly files: SystemNameFiles,
    private readonly onChange: () => void,
  ) {}

  read(nowMs: number): SystemNames {
    const { names } = this;
    if (names !== undefined && nowMs - this.checkedAtMs < CHECK_MS) return names;
    this.checkedAtMs = nowMs;
    const version = [this.files.hosts, this.files.resolvConf].map(versionOf).join(' ');
    if (names !== undefined && version === this.version) return names;
    this.version = version;
    if (names !== undefined) this.onChange();
    return (this.names = { hosts: parseHosts(textOf(this.files.hosts)), ...parseResolvConf(textOf(this.files.resolvConf)) });
  }
}

export function parseHosts(text: string): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names.map((each) => each.toLowerCase())) hosts.set(name, [...(hosts.get(name) ?? []), address]);
  }
  return hosts;
}

/** The last `search` or `domain` counts, and the last `ndots`. */
export function parseResolvConf(text: string): Pick<SystemNames, 'search' | 'ndots'> {
  const lines = text.split('\n').map((line) => line.replace(/[#;].*/, '').trim().split(/\s+/));
  const search = lines.findLast(([keyword]) => keyword === 'search' || keyword === 'domain')?.slice(1) ?? [];
  const ndots = lines.filter(([keyword]) => keyword === 'options').flat().findLast((option) => /^ndots:\d+$/.test(option))?.slice('ndots:'.length) ?? '1';
  // 15 is the resolver's own limit.
  return { search: search.map((domain) => domain.replace(/\.$/, '')).filter((domain) => domain !== ''), ndots: Math.min(Number(ndots), 15) };
}

function versionOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino}.${stats.mtimeMs}.${stats.size}`;
}

/** Without the file there are no such names. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
