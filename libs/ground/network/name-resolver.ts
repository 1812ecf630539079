import { lookup as systemLookup, type LookupAddress, type LookupOptions, NODATA, NOTFOUND, CONNREFUSED } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type SystemNameFiles, SystemNamesReader } from './system-names.js';

/** How long an answer counts: by its TTL, within these bounds. A receiver that moves is found within half a minute. */
const MIN_TTL_MS = 5_000;
const MAX_TTL_MS = 30_000;
/** Of answers without a TTL: the hosts file and the system. */
const UNKNOWN_TTL_MS = 5_000;
/** A failure counts so long, so that many lanes of an endpoint ask once. */
const FAILURE_TTL_MS = 1_000;
/** Names in memory. 10,000: a few megabytes. */
const MAX_NAMES = 10_000;

/** c-ares asks each server again after 2 s, then after 4 s: a lost packet costs less than the time limit of a connection. */
const QUERY_TIMEOUT_MS = 2_000;
const QUERY_TRIES = 2;
/** How long addresses of one family wait for those of the other, which a broken server may never send (RFC 8305, 3). */
const OTHER_FAMILY_MS = 250;

/** DNS answers that there is no such name, or no address of it. Other errors may pass. */
const ABSENT: ReadonlySet<string> = new Set([NOTFOUND, NODATA]);

interface Found {
  readonly addresses: readonly LookupAddress[];
  readonly ttlMs: number;
}

interface Entry {
  readonly found: Promise<Found>;
  /** Undefined while the look-up is under way. */
  expiresAtMs: number | undefined;
}

export interface NameResolverOptions {
  /** DNS servers as `address:port`; the system's by default. */
  readonly servers?: readonly string[];
  readonly files?: SystemNameFiles;
  /** Of the first try. */
  readonly queryTimeoutMs?: number;
  /** A monotonic clock. */
  readonly nowMs?: () => number;
  /** getaddrinfo(3) by default. */
  readonly askSystem?: (name: string) => Promise<readonly LookupAddress[]>;
}

const SYSTEM_FILES: SystemNameFiles = { hosts: '/etc/hosts', resolvConf: '/etc/resolv.conf' };

/**
 * Resolves the names of receivers. Node's own look-up (getaddrinfo) blocks one of libuv's four threads for each name, and Node
 * lets look-ups have two of them: two names whose servers do not answer stop all other look-ups, those of Postgres and Kafka
 * included. Here DNS is asked without a thread, once at a time for each name, and answers are kept for a short time.
 *
 * As with getaddrinfo, the hosts file comes first, and short names are completed by the search domains. What DNS does not know
 * is asked of the system, which may have other sources (mDNS, NIS): one name at a time, so that slow ones wait for each other
 * only.
 */
export class NameResolver {
  /** By name. The oldest is first. */
  private readonly entries = new Map<string, Entry>();
  private readonly system: SystemNamesReader;
  private readonly askSystem: (name: string) => Promise<readonly LookupAddress[]>;
  private readonly nowMs: () => number;
  private resolver: Resolver;
  /** The last of the questions to the system. */
  private asking: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: NameResolverOptions = {}) {
    this.resolver = this.createResolver();
    this.askSystem = options.askSystem ?? askGetaddrinfo;
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.system = new SystemNamesReader(options.files ?? SYSTEM_FILES, () => {
      // Its servers are those of the time when it was made.
      this.resolver = this.createResolver();
      this.entries.clear();
    });
  }

  /** For `lookup` of node:net, node:tls and node:http. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.resolve(hostname).then(
      (addresses) => {
        const wanted = ofFamily(addresses, options.family);
        const [first] = wanted;
        if (first === undefined) callback(notFound(hostname), '');
        else if (options.all === true) callback(null, wanted);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };

  /**
   * All addresses of a name, IPv4 first; at least one. An address is its own.
   * @throws an error of node:dns, with a code such as ENOTFOUND or ETIMEOUT
   */
  async resolve(hostname: string): Promise<readonly LookupAddress[]> {
    const family = isIP(hostname);
    if (family !== 0) return [{ address: hostname, family }];
    const name = hostname.toLowerCase();
    const nowMs = this.nowMs();
    const known = this.entries.get(name);
    if (known !== undefined && (known.expiresAtMs ?? Infinity) > nowMs) return (await known.found).addresses;
    return (await this.look(name, nowMs)).addresses;
  }

  private look(name: string, nowMs: number): Promise<Found> {
    const entry: Entry = { found: this.find(name, nowMs), expiresAtMs: undefined };
    this.entries.delete(name);
    this.entries.set(name, entry);
    const [oldest] = this.entries.keys();
    if (oldest !== undefined && this.entries.size > MAX_NAMES) this.entries.delete(oldest);
    const keepFor = (ttlMs: number): void => {
      entry.expiresAtMs = this.nowMs() + ttlMs;
    };
    entry.found.then(({ ttlMs }) => keepFor(ttlMs), () => keepFor(FAILURE_TTL_MS));
    return entry.found;
  }

  private async find(name: string, nowMs: number): Promise<Found> {
    const { hosts, search, ndots } = this.system.read(nowMs);
    const listed = hosts.get(name.replace(/\.$/, '')) ?? (isLocalhost(name) ? ['127.0.0.1', '::1'] : undefined);
    if (listed !== undefined) return { addresses: listed.map((address) => ({ address, family: isIP(address) })).sort(byFamily), ttlMs: UNKNOWN_TTL_MS };
    let failure: unknown;
    for (const candidate of candidatesOf(name, search, ndots)) {
      try {
        return await this.askDns(candidate);
      } catch (error) {
        // A search domain that fails keeps no name from being found, as with getaddrinfo.
        failure = moreTelling(failure, error);
      }
    }
    if (!ABSENT.has(codeOf(failure)) && codeOf(failure) !== CONNREFUSED) throw failure;
    const answer = this.asking.then(() => this.askSystem(name));
    this.asking = answer.catch(() => undefined);
    return { addresses: [...(await answer)].sort(byFamily), ttlMs: UNKNOWN_TTL_MS };
  }

  /** @throws the error of the family that failed, unless the other one has addresses */
  private async askDns(name: string): Promise<Found> {
    const families = [4, 6].map(async (family) => {
      const records = family === 4 ? await this.resolver.resolve4(name, { ttl: true }) : await this.resolver.resolve6(name, { ttl: true });
      return records.map(({ address, ttl }) => ({ address, family, ttlMs: ttl * 1_000 }));
    });
    await Promise.any(families).catch(() => undefined);
    const late = new AbortController();
    const nothing = delay(OTHER_FAMILY_MS, undefined, { signal: late.signal }).then(() => [], () => []);
    const results = await Promise.allSettled(families.map((family) => Promise.race([family, nothing])));
    late.abort();
    const records = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    // One family without records is usual.
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
    if (records.length === 0) throw errors.length === 0 ? notFound(name) : errors.reduce(moreTelling);
    return {
      addresses: records.map(({ address, family }) => ({ address, family })),
      ttlMs: Math.min(Math.max(Math.min(...records.map(({ ttlMs }) => ttlMs)), MIN_TTL_MS), MAX_TTL_MS),
    };
  }

  private createResolver(): Resolver {
    const resolver = new Resolver({ timeout: this.options.queryTimeoutMs ?? QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
    if (this.options.servers !== undefined) resolver.setServers(this.options.servers);
    return resolver;
  }
}

/** `localhost` and all below it, wherever DNS would lead (RFC 6761, 6.3). */
function isLocalhost(name: string): boolean {
  return /^(?:.+\.)?localhost\.?$/.test(name);
}

/** The names to ask DNS for, in turn, as resolv.conf(5) says. A dot at the end keeps the search domains out. */
function candidatesOf(name: string, search: readonly string[], ndots: number): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const completed = search.map((domain) => `${name}.${domain}`);
  return name.split('.').length > ndots ? [name, ...completed] : [...completed, name];
}

async function askGetaddrinfo(name: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(name, { all: true }, (error, found) => (error === null ? resolve(found) : reject(error)));
  });
}

function ofFamily(addresses: readonly LookupAddress[], family: LookupOptions['family']): LookupAddress[] {
  const wanted = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : (family ?? 0);
  return addresses.filter((address) => wanted === 0 || address.family === wanted);
}

function byFamily(one: LookupAddress, other: LookupAddress): number {
  return one.family - other.family;
}

/** An error that may pass says more than that there is no such name. */
function moreTelling<One>(one: One, other: One): One {
  return one === undefined || ABSENT.has(codeOf(one)) ? other : one;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}

function notFound(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`The name ${hostname} has no address`), { code: NOTFOUND, hostname });
}
