import { CPU_BY_RATE, CPU_PER_BODY_KB, KAFKA_RECORD_BYTES, MEASURED_BODY_BYTES, PER_FURTHER_ENDPOINT, STORED, WRITES_BY_RATE } from './measured-costs.mjs';

const SECONDS_PER_DAY = 86_400;
/** Share of a core, of Postgres and of its log that is used at the given rate: the rest is for peaks, vacuum and a lost process. */
const UTILISATION = 0.6;
/** A primary that writes more than this is a large one (docs/scaling.md, limit 4). */
const WAL_LIMIT_BYTES_PER_SECOND = 100e6;
/** One may restart or fail. */
const MINIMUM_PROCESSES = 2;
/** Of a process (docs/performance.md: 300 MB), and what its heap may grow to. */
const PROCESS_MEMORY_MIB = 512;

/**
 * What to run for a load, estimated from measured costs; nothing here is a promise. Bodies count as if nothing could
 * compress them. Loads that one Postgres cannot log are split into cells.
 *
 * @param load `eventsPerSecond` at the busiest minute; `bodyBytes` on average; `endpoints` that get an event;
 *   `eventsPerDay`, for the disks; `retentionDays` of events and `keyRetentionDays` of idempotency keys; `kafkaReplicas`
 *   and `kafkaRetentionDays`
 */
export function sizeOf({
  eventsPerSecond, bodyBytes, endpoints = 1, eventsPerDay = eventsPerSecond * SECONDS_PER_DAY,
  retentionDays = 30, keyRetentionDays = 1, kafkaReplicas = 3, kafkaRetentionDays = 7,
}) {
  const furtherBytes = Math.max(0, bodyBytes - MEASURED_BODY_BYTES);
  const furtherEndpoints = endpoints - 1;
  const cpu = interpolated(CPU_BY_RATE, eventsPerSecond);
  const writes = interpolated(WRITES_BY_RATE, eventsPerSecond);
  const coresOf = (part) => (eventsPerSecond * (cpu[part] + (CPU_PER_BODY_KB[part] * furtherBytes) / 1_000 + (PER_FURTHER_ENDPOINT[part] ?? 0) * furtherEndpoints)) / 1_000;

  const walBytesPerEvent = writes.walBytes + furtherBytes + PER_FURTHER_ENDPOINT.walBytes * furtherEndpoints;
  const rowsPerEvent = writes.rows + PER_FURTHER_ENDPOINT.rows * furtherEndpoints;
  const walBytesPerSecond = eventsPerSecond * walBytesPerEvent;
  const cells = Math.ceil(walBytesPerSecond / (WAL_LIMIT_BYTES_PER_SECOND * UTILISATION));
  // Of a further endpoint's rows only the rows are measured, so they count as the average row.
  const storedBytes = STORED.eventBytes + furtherBytes + (STORED.eventBytes * PER_FURTHER_ENDPOINT.rows * furtherEndpoints) / writes.rows;
  const recordBytes = KAFKA_RECORD_BYTES + furtherBytes;
  const neededDispatchers = processesFor(coresOf('dispatcher') / cells);

  return {
    cells,
    perCell: {
      gateways: Math.max(MINIMUM_PROCESSES, processesFor(coresOf('gateway') / cells)),
      dispatchers: Math.max(MINIMUM_PROCESSES, neededDispatchers),
      processMemoryMib: PROCESS_MEMORY_MIB,
      partitions: neededDispatchers === 1 ? 8 : neededDispatchers <= 8 ? 16 : 32,
      postgresCores: processesFor(coresOf('postgres') / cells),
      walBytesPerSecond: walBytesPerSecond / cells,
      rowsPerSecond: (eventsPerSecond * rowsPerEvent) / cells,
      postgresDiskBytes: (eventsPerDay * (storedBytes * retentionDays + STORED.keyBytes * keyRetentionDays)) / cells,
      kafkaCores: coresOf('kafka') / cells,
      kafkaBytesPerSecond: (eventsPerSecond * recordBytes * kafkaReplicas) / cells,
      kafkaDiskBytes: (eventsPerDay * recordBytes * kafkaReplicas * kafkaRetentionDays) / cells,
      networkBytesPerSecond: (eventsPerSecond * bodyBytes * (2 + endpoints)) / cells,
    },
  };
}

/** Whole cores, or processes of one thread, for this much work. */
function processesFor(cores) {
  return Math.max(1, Math.ceil(cores / UTILISATION));
}

/** A cost falls with a power of the rate between two measurements, and is not extrapolated beyond them. */
function interpolated(measurements, eventsPerSecond) {
  const above = measurements.findIndex((each) => each.eventsPerSecond >= eventsPerSecond);
  if (above === -1) return measurements[measurements.length - 1];
  if (above === 0) return measurements[0];
  const [low, high] = measurements.slice(above - 1, above + 1);
  const share = Math.log(eventsPerSecond / low.eventsPerSecond) / Math.log(high.eventsPerSecond / low.eventsPerSecond);
  return Object.fromEntries(Object.keys(low).map((name) => [name, low[name] * (high[name] / low[name]) ** share]));
}
