import { lookup as systemLookup, type LookupAddress, type LookupOptions, NODATA, NOTFOUND, CONNREFUSED, TIMEOUT } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type SystemNameFiles, SystemNamesReader } from './system-names.js';
import { NoTurnError, Turns, type TurnsOptions } from './turns.js';

/** How long an answer counts: by its TTL, within these bounds. A receiver that moves is found within half a minute. */
const MIN_TTL_MS = 5_000;
const MAX_TTL_MS = 30_000;
/** Of answers without a TTL: the hosts file and the system. */
const UNKNOWN_TTL_MS = 5_000;
/** A failure counts so long, so that many lanes of an endpoint ask once; each time twice as long, up to 30 s. */
const FAILURE_TTL_MS = 1_000;
/** Names in memory. 10,000: a few megabytes. */
const MAX_NAMES = 10_000;

/**
 * Each name gets one short try first. A name without an answer is then asked again with more patience, in turns of its own, so
 * that servers that never answer hardly delay other names. c-ares waits as long as given here only until it knows its server:
 * then five times the usual latency, at least 250 ms, and twice as long with each try.
 */
const TRY_MS = 500;
const PATIENT_TRIES = 3;
/** Queries, two a name: 128 in all, since dnsmasq, a usual forwarder, refuses more than 150 at a time. */
const QUICK: TurnsOptions = { atOnce: 96, waiting: 20_000, limitMs: 10_000 };
const PATIENT: TurnsOptions = { atOnce: 32, waiting: 20_000, limitMs: 10_000 };
/** One of libuv's threads. */
const OF_SYSTEM: TurnsOptions = { atOnce: 1, waiting: 100, limitMs: 10_000 };

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
  /** In a row, this one included. */
  failures: number;
}

interface Queries {
  resolver: Resolver;
  readonly turns: Turns;
}

export interface NameResolverOptions {
  /** DNS servers as `address:port`; the system's by default. */
  readonly servers?: readonly string[];
  readonly files?: SystemNameFiles;
  /** Of a query's first try. */
  readonly tryMs?: number;
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
 * As with getaddrinfo, the hosts file comes first, and short names are completed by the search domains. Names of one label,
 * names below `.local`, and any names while no DNS server can be reached, may be known to the system by other means (mDNS, NIS):
 * what DNS does not know of them is asked of it, one at a time, so that slow ones wait for each other only.
 */
export class NameResolver {
  /** By name. The oldest is first. */
  private readonly entries = new Map<string, Entry>();
  private readonly system: SystemNamesReader;
  private readonly askSystem: (name: string) => Promise<readonly LookupAddress[]>;
  private readonly nowMs: () => number;
  private readonly quick: Queries;
  private readonly patient: Queries;
  private readonly systemTurns = new Turns(OF_SYSTEM);

  constructor(private readonly options: NameResolverOptions = {}) {
    this.quick = { resolver: this.createResolver(1), turns: new Turns(QUICK) };
    this.patient = { resolver: this.createResolver(PATIENT_TRIES), turns: new Turns(PATIENT) };
    this.askSystem = options.askSystem ?? askGetaddrinfo;
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.system = new SystemNamesReader(options.files ?? SYSTEM_FILES, () => {
      // Its servers are those of the time when it was made.
      this.quick.resolver = this.createResolver(1);
      this.patient.resolver = this.createResolver(PATIENT_TRIES);
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
    const failures = this.entries.get(name)?.failures ?? 0;
    const entry: Entry = { found: this.find(name, nowMs), expiresAtMs: undefined, failures: 0 };
    this.entries.delete(name);
    this.entries.set(name, entry);
    const [oldest] = this.entries.keys();
    if (oldest !== undefined && this.entries.size > MAX_NAMES) this.entries.delete(oldest);
    const keepFor = (ttlMs: number): void => {
      entry.expiresAtMs = this.nowMs() + ttlMs;
    };
    entry.found.then(({ ttlMs }) => keepFor(ttlMs), () => {
      entry.failures = failures + 1;
      keepFor(Math.min(FAILURE_TTL_MS * 2 ** failures, MAX_TTL_MS));
    });
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
        if (error instanceof NoTurnError) throw error;
        // A search domain that fails keeps no name from being found, as with getaddrinfo.
        failure = moreTelling(failure, error);
      }
    }
    if (!mayBeKnownToSystem(name) && codeOf(failure) !== CONNREFUSED) throw failure;
    const addresses = await this.systemTurns.take(() => this.askSystem(name));
    return { addresses: [...addresses].sort(byFamily), ttlMs: UNKNOWN_TTL_MS };
  }

  private async askDns(name: string): Promise<Found> {
    try {
      return await this.askBoth(name, this.quick);
    } catch (error) {
      if (codeOf(error) !== TIMEOUT) throw error;
      return this.askBoth(name, this.patient);
    }
  }

  /** @throws the error of the family that failed, unless the other one has addresses */
  private async askBoth(name: string, { resolver, turns }: Queries): Promise<Found> {
    const families = [4, 6].map(async (family) => {
      const records = await turns.take(() => (family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true })));
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

  private createResolver(tries: number): Resolver {
    const resolver = new Resolver({ timeout: this.options.tryMs ?? TRY_MS, tries });
    if (this.options.servers !== undefined) resolver.setServers(this.options.servers);
    return resolver;
  }
}

/** `localhost` and all below it, wherever DNS would lead (RFC 6761, 6.3). */
function isLocalhost(name: string): boolean {
  return /^(?:.+\.)?localhost\.?$/.test(name);
}

/** Whether others than DNS may know the name: it has one label, or is of mDNS (RFC 6762, 3). */
function mayBeKnownToSystem(name: string): boolean {
  return /^[^.]+\.?$|\.local\.?$/.test(name);
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
