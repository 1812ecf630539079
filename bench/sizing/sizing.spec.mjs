import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { CPU_BY_RATE, CPU_PER_BODY_KB, MEASURED_BODY_BYTES, PER_FURTHER_ENDPOINT } from './measured-costs.mjs';
import { sizeOf } from './sizing.mjs';

const docs = path.resolve('docs');
const tableRows = (page) => readFileSync(path.join(docs, page), 'utf8').split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim().replaceAll('*', '')));
const number = (cell) => Number(cell.replace(',', ''));

/** What an event of a case costs the product, by the columns of the page's table of costs. */
function costsOf(page, name) {
  const rows = tableRows(page);
  const columns = rows.find((cells) => cells.includes('CPU ms gateway'));
  const row = rows.find((cells) => cells.length === columns.length && cells[0] === name && cells[1] === 'product');
  return Object.fromEntries(columns.map((column, at) => [column, number(row[at])]));
}

test.each(['gateway', 'dispatcher', 'postgres', 'kafka'])('the costs of %s are those of the pages', (part) => {
  const title = { gateway: 'gateway, ms of a core', dispatcher: 'dispatcher', postgres: 'Postgres', kafka: 'Kafka, with a warm JVM' }[part];
  expect(CPU_BY_RATE.slice(1).map((costs) => costs[part])).toEqual(tableRows('scaling.md').find(([first]) => first === title)?.slice(1, 4).map(number));
});

// A published run differs from the one before by what the machine did that day.
test('the costs of bodies and endpoints are at most twice or half of those in the published benchmarks', () => {
  const [of200, of256k] = ['bytes-200', 'bytes-256k'].map((name) => costsOf('benchmarks/payloads.md', name));
  const [one, ten] = ['endpoints-1', 'endpoints-10'].map((name) => costsOf('benchmarks/fan-out.md', name));
  const perKb = (column) => (of256k[column] - of200[column]) / ((262_144 - MEASURED_BODY_BYTES) / 1_000);
  const perEndpoint = (column) => (ten[column] - one[column]) / 9;
  const ratios = {
    ...Object.fromEntries(Object.entries(CPU_PER_BODY_KB).map(([part, cost]) => [`${part} per KB`, perKb(`CPU ms ${part}`) / cost])),
    dispatcher: perEndpoint('CPU ms dispatcher') / PER_FURTHER_ENDPOINT.dispatcher,
    postgres: perEndpoint('CPU ms postgres') / PER_FURTHER_ENDPOINT.postgres,
    rows: perEndpoint('rows') / PER_FURTHER_ENDPOINT.rows,
    wal: perEndpoint('WAL B') / PER_FURTHER_ENDPOINT.walBytes,
  };
  expect(Object.entries(ratios).filter(([, ratio]) => !(ratio > 0.5 && ratio < 2))).toEqual([]);
});

test('gives the figures of docs/scaling.md for 1,000, 10,000 and 100,000 events a second', () => {
  const sizes = [1_000, 10_000, 100_000].map((eventsPerSecond) => sizeOf({ eventsPerSecond, bodyBytes: 200 }));
  expect(sizes.map(({ cells }) => cells)).toEqual([1, 1, 5]);
  // Alone, one process would do at 1,000/s; the second is for restarts.
  expect(sizes.map(({ perCell: { gateways, dispatchers, partitions, postgresCores } }) => [gateways, dispatchers, partitions, postgresCores])).toEqual([[2, 2, 8, 1], [2, 2, 16, 2], [3, 3, 16, 3]]);
  expect(sizes.map(({ perCell }) => Math.round(perCell.walBytesPerSecond / 1e6))).toEqual([3, 26, 52]);
  expect(sizes.map(({ perCell }) => Math.round(perCell.rowsPerSecond / 1e3))).toEqual([11, 101, 202]);
  expect(sizes.map(({ perCell }) => Math.round(perCell.kafkaBytesPerSecond / 1e5) / 10)).toEqual([1.5, 15, 30]);
  expect(sizes.slice(0, 2).map(({ perCell }) => Math.round(perCell.postgresDiskBytes / 1e11) / 10)).toEqual([2.9, 28.7]);
});

test('a higher rate never needs less, and an event of a higher rate never costs more', () => {
  const rates = Array.from({ length: 60 }, (_, step) => Math.round(10 * 1.2 ** step));
  const sizes = rates.map((eventsPerSecond) => sizeOf({ eventsPerSecond, bodyBytes: 1_000 }));
  const total = (size, name) => size.cells * size.perCell[name];
  for (let at = 1; at < sizes.length; at++) {
    for (const name of ['kafkaBytesPerSecond', 'walBytesPerSecond', 'rowsPerSecond', 'postgresDiskBytes']) expect(total(sizes[at], name)).toBeGreaterThanOrEqual(total(sizes[at - 1], name));
    expect(sizes[at].cells).toBeGreaterThanOrEqual(sizes[at - 1].cells);
    expect(total(sizes[at], 'kafkaCores') / rates[at]).toBeLessThanOrEqual((total(sizes[at - 1], 'kafkaCores') / rates[at - 1]) * 1.0001);
  }
});

test('larger bodies and further endpoints need more, and smaller bodies do not need less than measured', () => {
  const base = sizeOf({ eventsPerSecond: 5_000, bodyBytes: 200 }).perCell;
  const bodies = sizeOf({ eventsPerSecond: 5_000, bodyBytes: 4_096 }).perCell;
  const fanOut = sizeOf({ eventsPerSecond: 5_000, bodyBytes: 200, endpoints: 3 }).perCell;
  expect(bodies.postgresDiskBytes / base.postgresDiskBytes).toBeGreaterThan(4);
  expect(bodies.kafkaBytesPerSecond).toBe(5_000 * (500 + 3_896) * 3);
  expect(fanOut.dispatchers).toBeGreaterThan(base.dispatchers);
  expect([fanOut.gateways, fanOut.kafkaBytesPerSecond]).toEqual([base.gateways, base.kafkaBytesPerSecond]);
  expect(sizeOf({ eventsPerSecond: 5_000, bodyBytes: 0 }).perCell.walBytesPerSecond).toBe(base.walBytesPerSecond);
});

test('the disks follow the daily count and the retention', () => {
  const base = { eventsPerSecond: 1_000, bodyBytes: 200, eventsPerDay: 1_000_000 };
  // 1.1 GB a million events and day, and 0.2 GB for their keys.
  expect(sizeOf({ ...base, retentionDays: 1 }).perCell.postgresDiskBytes).toBeCloseTo(1.3e9, -6);
  expect(sizeOf({ ...base, retentionDays: 30 }).perCell.postgresDiskBytes).toBeCloseTo(33.2e9, -6);
});
