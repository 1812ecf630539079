/**
 * npm run size -- --events-per-second N --body BYTES [--endpoints N] [--events-per-day N] [--retention-days N]: what to
 * run for this load. docs/sizing.md explains the figures.
 */
import { parseArgs } from 'node:util';
import { sizeOf } from './sizing/sizing.mjs';

const USAGE = 'usage: npm run size -- --events-per-second N --body BYTES [--endpoints N] [--events-per-day N] [--retention-days N]';

try {
  print(sizeOf(loadOf(process.argv.slice(2))));
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exitCode = 64;
}

function loadOf(args) {
  const text = { type: 'string' };
  const { values } = parseArgs({ args, options: { 'events-per-second': text, body: text, endpoints: text, 'events-per-day': text, 'retention-days': text } });
  const number = (name, minimum, fallback) => {
    if (values[name] === undefined && fallback !== undefined) return fallback;
    const value = Number(values[name]?.replaceAll(/[,_]/g, '') || NaN);
    if (!(value >= minimum && value <= 1e12)) throw new Error(`--${name} must be a number of at least ${minimum}`);
    return value;
  };
  const eventsPerSecond = number('events-per-second', 1);
  return {
    eventsPerSecond,
    bodyBytes: number('body', 0),
    endpoints: number('endpoints', 1, 1),
    eventsPerDay: number('events-per-day', 1, eventsPerSecond * 86_400),
    retentionDays: number('retention-days', 1, 30),
  };
}

function print({ cells, perCell }) {
  const rows = [
    ['gateways', perCell.gateways, `1 core and ${perCell.processMemoryMib} MiB each`],
    ['dispatchers', perCell.dispatchers, `1 core and ${perCell.processMemoryMib} MiB each`],
    ['KAFKA_PARTITIONS', perCell.partitions, 'fixed at the first start'],
    ['Postgres, cores', perCell.postgresCores, ''],
    ['Postgres, WAL', `${bytes(perCell.walBytesPerSecond)}/s`, 'before replication'],
    ['Postgres, rows written', `${Math.round(perCell.rowsPerSecond).toLocaleString('en')}/s`, ''],
    ['Postgres, disk', bytes(perCell.postgresDiskBytes), 'events and keys for their retention; as much again for WAL, vacuum and growth'],
    ['Kafka, cores', perCell.kafkaCores.toFixed(2), 'before replication'],
    ['Kafka, written', `${bytes(perCell.kafkaBytesPerSecond)}/s`, 'three replicas'],
    ['Kafka, disk', bytes(perCell.kafkaDiskBytes), 'three replicas, 7 days'],
    ['network, bodies', `${bytes(perCell.networkBytesPerSecond)}/s`, 'in, through Kafka, and out'],
  ];
  console.log(cells === 1 ? '' : `${cells} cells, each with its own Postgres and Kafka topics (docs/scaling.md). In each cell:\n`);
  for (const [name, value, note] of rows) console.log(`  ${name.padEnd(24)}${String(value).padStart(12)}   ${note}`.trimEnd());
  console.log('\nEstimated from measurements of one machine, at 60 % of a core (docs/sizing.md). Measure with your own load before you buy.');
}

function bytes(count) {
  const unit = [['TB', 1e12], ['GB', 1e9], ['MB', 1e6]].find(([, size]) => count >= size) ?? ['KB', 1e3];
  return `${(count / unit[1]).toPrecision(3).replace(/\.0+$/, '')} ${unit[0]}`;
}
