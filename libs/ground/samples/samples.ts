import { Injectable } from '@nestjs/common';
import { samplesNotCounted } from './samples.metrics.js';
import { Tally } from './tally.js';
import { ToldApart } from './told-apart.js';

/** What numbers are told apart by; `tenant` is all of a tenant. */
export type SampleDimension = 'tenant' | 'endpoint' | 'source' | 'type';

/** What was counted or measured of one thing in ten seconds. */
export interface Sample {
  readonly tenant: string;
  readonly dimension: SampleDimension;
  /** Of the source or type; the endpoint's narrow key. Empty: the whole tenant, or all that are not told apart. */
  readonly name: string;
  /** What is counted or measured, such as `attempts.2xx` or `latency`. */
  readonly measure: string;
  readonly count: number;
  /** Of the values that were measured; 0 for counts. */
  readonly sum: number;
  /** The values that were measured, as `log-histogram` has them; empty for counts and gauges. */
  readonly buckets: readonly number[];
}

export interface TakenSamples {
  /** What was noted since they were last taken. */
  readonly noted: readonly Sample[];
  /** What the gauges show now. */
  readonly gauges: readonly Sample[];
}

/** A value of each endpoint that is looked at every ten seconds. */
export interface EndpointGauge {
  readonly measure: string;
  /** @returns of each endpoint its tenant, its narrow key and the value */
  readonly read: () => Iterable<{ readonly tenant: string; readonly endpoint: number; readonly value: number }>;
}

interface Named {
  readonly tenant: string;
  readonly name: string;
  readonly tally: Tally;
}

/** Endpoints of all tenants, and pairs of a source and a type. A tally takes some 500 bytes, and 2 KB with histograms. */
const MAX_TALLIES = 10_000;
const HOUR_MS = 3_600_000;
/** No endpoint, no source and no type has this name. */
const OTHER = '';
/** Of these no endpoint knows, so a tenant's are the sums of its sources and types. */
const OF_EVENTS: ReadonlySet<string> = new Set(['accepted', 'duplicates', 'rejected', 'filtered']);

/** Counts nothing but that something is missing in the numbers. */
class MissingTally extends Tally {
  override count(_measure: string, times = 1): void {
    samplesNotCounted.inc(times);
  }

  override measure(): void {
    samplesNotCounted.inc();
  }
}

const MISSING = new MissingTally();

/**
 * Counts and measures in memory until it is taken: by endpoint, and by source and type. Its memory is bounded: beyond 10,000
 * endpoints, and beyond 10,000 pairs of a source and a type, a tenant's further ones share one tally.
 */
@Injectable()
export class Samples {
  private endpoints = new Map<number, Named>();
  private otherEndpoints = new Map<string, Tally>();
  private tenants = new Map<string, Map<string, Map<string, Tally>>>();
  private pairs = 0;
  private readonly gauges: EndpointGauge[] = [];
  private readonly toldApart = { endpoint: new ToldApart(), source: new ToldApart(), type: new ToldApart() };

  /** What happens to an endpoint. @param tenant undefined: not known, so that nothing is noted @param endpoint its narrow key */
  endpoint(tenant: string | undefined, endpoint: number): Tally {
    return this.endpoints.get(endpoint)?.tally ?? this.addEndpoint(tenant, endpoint);
  }

  /** What happens to events of a source and a type. @param type empty where it is not known */
  events(tenant: string, source: string, type: string): Tally {
    return this.tenants.get(tenant)?.get(source)?.get(type) ?? this.addPair(tenant, source, type);
  }

  /** Looks at a gauge whenever the numbers are taken. */
  observe(gauge: EndpointGauge): void {
    this.gauges.push(gauge);
  }

  /** Returns what was noted since the last call, and what the gauges show. @param atMs the time that they belong to */
  take(atMs: number): TakenSamples {
    const { endpoints, otherEndpoints, tenants } = this;
    this.endpoints = new Map();
    this.otherEndpoints = new Map();
    this.tenants = new Map();
    this.pairs = 0;
    const noted = [...endpoints.values(), ...[...otherEndpoints].map(([tenant, tally]) => ({ tenant, name: OTHER, tally }))];
    const pairs = [...pairsOf(tenants)];
    const shown = this.read();
    const hour = Math.floor(atMs / HOUR_MS);
    return {
      noted: [
        ...samplesOf('tenant', totalsOf(pairs), (measure) => OF_EVENTS.has(measure)),
        ...samplesOf('tenant', totalsOf(noted)),
        ...this.byName('source', hour, merged(pairs.map(({ tenant, source, tally }) => ({ tenant, name: source, tally })))),
        // A type that is not known is none of those that are not told apart.
        ...this.byName('type', hour, merged(pairs.flatMap(({ tenant, source, type, tally }) => (type !== OTHER || source === OTHER ? [{ tenant, name: type, tally }] : [])))),
        ...this.byName('endpoint', hour, noted),
      ],
      gauges: [...samplesOf('tenant', totalsOf(shown)), ...this.byName('endpoint', hour, shown)],
    };
  }

  private addEndpoint(tenant: string | undefined, endpoint: number): Tally {
    if (tenant === undefined) return MISSING;
    if (this.endpoints.size >= MAX_TALLIES) {
      const others = this.otherEndpoints.get(tenant);
      if (others !== undefined || this.otherEndpoints.size >= MAX_TALLIES) return others ?? MISSING;
      return ensure(this.otherEndpoints, tenant, () => new Tally());
    }
    const tally = new Tally();
    this.endpoints.set(endpoint, { tenant, name: String(endpoint), tally });
    return tally;
  }

  private addPair(tenant: string, source: string, type: string): Tally {
    if (this.pairs >= MAX_TALLIES && (source !== OTHER || type !== OTHER)) return this.events(tenant, OTHER, OTHER);
    // As many again may be what a tenant's further ones share.
    if (this.pairs >= 2 * MAX_TALLIES) return MISSING;
    const tally = new Tally();
    const sources = ensure(this.tenants, tenant, () => new Map<string, Map<string, Tally>>());
    ensure(sources, source, () => new Map<string, Tally>()).set(type, tally);
    this.pairs += 1;
    return tally;
  }

  private read(): Named[] {
    const shown = new Map<number, Named>();
    for (const { measure, read } of this.gauges) {
      for (const { tenant, endpoint, value } of read()) ensure(shown, endpoint, () => ({ tenant, name: String(endpoint), tally: new Tally() })).tally.gauge(measure, value);
    }
    return [...shown.values()];
  }

  /** @param named each name of a tenant once */
  private byName(dimension: 'endpoint' | 'source' | 'type', hour: number, named: readonly Named[]): Generator<Sample> {
    const told = this.toldApart[dimension];
    told.admit(hour, named);
    const others = totalsOf(named.filter(({ tenant, name }) => !told.has(tenant, name)));
    return samplesOf(dimension, [...named.filter(({ tenant, name }) => told.has(tenant, name)), ...others]);
  }
}

function* pairsOf(tenants: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Tally>>>): Generator<{ tenant: string; source: string; type: string; tally: Tally }> {
  for (const [tenant, sources] of tenants) {
    for (const [source, types] of sources) for (const [type, tally] of types) yield { tenant, source, type, tally };
  }
}

/** All of a tenant as one. */
function totalsOf(tallies: readonly Pick<Named, 'tenant' | 'tally'>[]): Named[] {
  return merged(tallies.map(({ tenant, tally }) => ({ tenant, name: OTHER, tally })));
}

/** Those of the same tenant and name as one. */
function merged(tallies: readonly Named[]): Named[] {
  const sums = new Map<string, Named>();
  for (const { tenant, name, tally } of tallies) {
    // Tenants have no slash.
    ensure(sums, `${tenant}/${name}`, () => ({ tenant, name, tally: new Tally() })).tally.add(tally);
  }
  return [...sums.values()];
}

function* samplesOf(dimension: SampleDimension, named: readonly Named[], isWanted: (measure: string) => boolean = () => true): Generator<Sample> {
  for (const { tenant, name, tally } of named) {
    for (const [measure, noted] of tally.entries()) if (isWanted(measure)) yield { tenant, dimension, name, measure, ...noted };
  }
}

function ensure<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
