/**
 * Milliseconds of a core per event: 200 bytes of body, one endpoint, no failures, everything on one machine. A higher rate
 * makes larger batches, so an event costs less. Sources: 50/s docs/benchmarks/latency.md; the others docs/scaling.md, of
 * which the last is full load on two cores.
 */
export const CPU_BY_RATE = [
  { eventsPerSecond: 50, gateway: 2.35, dispatcher: 2.46, postgres: 3.11, kafka: 2.44 },
  { eventsPerSecond: 200, gateway: 0.9, dispatcher: 1.0, postgres: 1.4, kafka: 0.8 },
  { eventsPerSecond: 1_000, gateway: 0.31, dispatcher: 0.28, postgres: 0.44, kafka: 0.14 },
  { eventsPerSecond: 6_000, gateway: 0.07, dispatcher: 0.087, postgres: 0.09, kafka: 0.02 },
];

/** Rows and WAL per event (docs/scaling.md). Below the first rate the first counts, above the last the last. */
export const WRITES_BY_RATE = [
  { eventsPerSecond: 200, rows: 11.2, walBytes: 3_100 },
  { eventsPerSecond: 1_000, rows: 10.8, walBytes: 2_700 },
  { eventsPerSecond: 6_000, rows: 10.1, walBytes: 2_600 },
];

/** The body of these measurements, in bytes. */
export const MEASURED_BODY_BYTES = 200;

/** Milliseconds of a core for each further KB of body: 256 KiB compared with 200 B in docs/benchmarks/payloads.md. */
export const CPU_PER_BODY_KB = { gateway: 0.0197, dispatcher: 0.0084, postgres: 0.0103, kafka: 0.0207 };

/** Of each further endpoint that gets an event: ten endpoints compared with one in docs/benchmarks/fan-out.md. */
export const PER_FURTHER_ENDPOINT = { dispatcher: 0.17, postgres: 0.092, rows: 4.26, walBytes: 1_037 };

/** On disk while it is kept (docs/scaling.md). */
export const STORED = { eventBytes: 1_100, keyBytes: 200 };

/** A record before replication, with a body of 200 bytes (docs/scaling.md). */
export const KAFKA_RECORD_BYTES = 500;
