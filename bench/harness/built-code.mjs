import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Everything that the bench uses of the built product. No other file knows where the build puts it. The functions import
 * on call, because the command builds the product after this file is loaded.
 */
const DIST = path.join(import.meta.dirname, '..', '..', 'dist');

/** The main file of an app, `gateway` for example. */
export function mainFileOf(app) {
  return path.join(DIST, 'apps', app, 'src', 'main.js');
}

/** Identifies the sources that the build was made from. */
export function readBuildId() {
  return readFileSync(path.join(DIST, '.built-from'), 'utf8');
}

/** The flags of Node that the apps run with. */
export async function loadNodeFlags() {
  const { NODE_FLAGS } = await import('#ground/process/node-flags');
  return NODE_FLAGS;
}

/** `shardOf(tenant, entity, shards)` of the product. */
export async function loadShardOf() {
  const { shardOf } = await import('#domain/shard');
  return shardOf;
}

export async function freePort() {
  const embedded = await import('#dev/embedded/free-port');
  return embedded.freePort();
}

export async function startPostgres(options) {
  const embedded = await import('#dev/embedded/postgres-server');
  return embedded.startPostgres(options);
}

export async function startKafka(options) {
  const embedded = await import('#dev/embedded/kafka-server');
  return embedded.startKafka(options);
}

/** Removes the timer with which an idle kafkajs client uses CPU. The product does the same. */
export async function fixKafkajsTimer() {
  const { fixRequestQueueTimer } = await import('#ground/kafka/wire/request-queue-timer');
  fixRequestQueueTimer();
}

/** Lets this process count and store no numbers over time. Call it before the app starts. */
export async function switchSamplesOff() {
  const [{ Samples }, { SamplesWriter }] = [await import('#ground/samples/samples'), await import('#ground/samples/samples-writer')];
  const nothing = () => undefined;
  const tally = { count: nothing, measure: nothing };
  Object.assign(Samples.prototype, { endpoint: () => tally, events: () => tally, observe: nothing });
  Object.assign(SamplesWriter.prototype, { start: nothing, stop: async () => undefined });
}

/** Adds the recent numbers over time to their minutes and hours, as one of the processes does every five minutes. */
export async function rollUpSamples({ query }) {
  const statement = (await import('#ground/samples/roll-up-samples.queries')).rollUpSamples;
  const database = { query: async (text, values) => ({ rows: await query(text, values), rowCount: 0 }) };
  let added;
  do [{ added }] = await statement.run({ limit: 120 }, database);
  while (added > 0);
}
