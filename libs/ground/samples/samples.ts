import { Injectable } from '@nestjs/common';
import { samplesNotCounted } from './samples.metrics.js';
import { Tally } from './tally.js';

/** What numbers are told apart by; `tenant` is all of a tenant. */
export type SampleDimension = 'tenant' | 'endpoint' | 'source' | 'type';

/** What was counted or measured of one thing in ten seconds. */
export interface Sample {
  readonly dimension: SampleDimension;
  /** Empty for an endpoint, whose row has it. */
  readonly tenant: string;
  /** Of the source or type. Empty: all that are not told apart. */
  readonly name: string;
  /** The endpoint's narrow key; 0 for others. */
  readonly endpoint: number;
  /** Whether the endpoint is one of those that are not told apart. */
  readonly isOther: boolean;
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

/** A value of each endpoint, by its narrow key, that is looked at every ten seconds. */
export interface EndpointGauge {
  readonly measure: string;
  readonly read: () => ReadonlyMap<number, number>;
}

/** Endpoints of all tenants, and pairs of a source and a type. A tally takes some 500 bytes, and 2 KB with histograms. */
const MAX_TALLIES = 10_000;
/** Endpoints, sources and types that are told apart in ten seconds. The rest of each tenant is counted together. */
export const MOST_TOLD_APART = 1_000;
/** No source and no type has this name. */
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
 * endpoints nothing is noted of further ones, and beyond 10,000 pairs of a source and a type a tenant's further ones share one.
 */
@Injectable()
export class Samples {
  private endpoints = new Map<number, Tally>();
  private tenants = new Map<string, Map<string, Map<string, Tally>>>();
  private pairs = 0;
  private readonly gauges: EndpointGauge[] = [];

  /** What happens to an endpoint. @param endpoint its narrow key */
  endpoint(endpoint: number): Tally {
    const known = this.endpoints.get(endpoint);
    if (known !== undefined) return known;
    if (this.endpoints.size >= MAX_TALLIES) return MISSING;
    const tally = new Tally();
    this.endpoints.set(endpoint, tally);
    return tally;
  }

  /** What happens to events of a source and a type. @param type empty where it is not known */
  events(tenant: string, source: string, type: string): Tally {
    return this.tenants.get(tenant)?.get(source)?.get(type) ?? this.addPair(tenant, source, type);
  }

  /** Looks at a gauge whenever the numbers are taken. */
  observe(gauge: EndpointGauge): void {
    this.gauges.push(gauge);
  }

  /** Returns what was noted since the last call, and what the gauges show. */
  take(): TakenSamples {
    const { endpoints, tenants } = this;
    this.endpoints = new Map();
    this.tenants = new Map();
    this.pairs = 0;
    const shown = new Map<number, Tally>();
    for (const { measure, read } of this.gauges) for (const [endpoint, value] of read()) ensure(shown, endpoint, () => new Tally()).gauge(measure, value);
    return { noted: [...samplesOfEndpoints(endpoints), ...samplesOfEvents(tenants)], gauges: [...samplesOfEndpoints(shown)] };
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
}

function* samplesOfEndpoints(endpoints: ReadonlyMap<number, Tally>): Generator<Sample> {
  const busiest = busiestOf(endpoints);
  for (const [endpoint, tally] of endpoints) {
    for (const [measure, noted] of tally.entries()) yield { dimension: 'endpoint', tenant: '', name: OTHER, endpoint, isOther: !busiest.has(endpoint), measure, ...noted };
  }
}

function* samplesOfEvents(tenants: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Tally>>>): Generator<Sample> {
  const [totals, bySource, byType] = [new Map<string, Tally>(), new Map<string, Tally>(), new Map<string, Tally>()];
  for (const [tenant, sources] of tenants) {
    for (const [source, types] of sources) {
      for (const [type, tally] of types) {
        ensure(totals, tenant, () => new Tally()).add(tally);
        // Tenants have no slash.
        ensure(bySource, `${tenant}/${source}`, () => new Tally()).add(tally);
        // A type that is not known is none of those that are not told apart.
        if (type !== OTHER || source === OTHER) ensure(byType, `${tenant}/${type}`, () => new Tally()).add(tally);
      }
    }
  }
  for (const [tenant, tally] of totals) {
    for (const [measure, noted] of tally.entries()) if (OF_EVENTS.has(measure)) yield { dimension: 'tenant', tenant, name: '', endpoint: 0, isOther: false, measure, ...noted };
  }
  yield* samplesByName('source', bySource);
  yield* samplesByName('type', byType);
}

function* samplesByName(dimension: 'source' | 'type', tallies: ReadonlyMap<string, Tally>): Generator<Sample> {
  const busiest = busiestOf(tallies);
  const told = new Map<string, Tally>();
  for (const [place, tally] of tallies) ensure(told, busiest.has(place) ? place : place.slice(0, place.indexOf('/') + 1), () => new Tally()).add(tally);
  for (const [place, tally] of told) {
    const slash = place.indexOf('/');
    const [tenant, name] = [place.slice(0, slash), place.slice(slash + 1)];
    for (const [measure, noted] of tally.entries()) yield { dimension, tenant, name, endpoint: 0, isOther: false, measure, ...noted };
  }
}

function busiestOf<Key>(tallies: ReadonlyMap<Key, Tally>): ReadonlySet<Key> {
  if (tallies.size <= MOST_TOLD_APART) return new Set(tallies.keys());
  const byWeight = [...tallies].map(([key, { weight }]) => ({ key, weight })).sort((a, b) => b.weight - a.weight);
  return new Set(byWeight.slice(0, MOST_TOLD_APART).map(({ key }) => key));
}

function ensure<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
