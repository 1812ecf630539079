import pg from 'pg';
import { Client } from 'undici';
import { bodyOf } from '../load/event-stream.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';
import { median, round } from './statistics.mjs';

const REPETITIONS = 100;

/**
 * The highest possible rate of one lane. Each event waits for a round trip to the receiver and for the durable commit of
 * the previous outcome. Both are measured on an idle machine, as medians.
 * @returns {Promise<{ roundTripMs: number, commitMs: number, boundRate: number }>} boundRate: events per second
 */
export async function measureBound({ receiver, pipeline }) {
  const roundTripMs = await measureRoundTrip(receiver.urlOf(MAIN_HOOK));
  const commitMs = await measureCommit(pipeline.data.databaseUrl);
  return { roundTripMs, commitMs, boundRate: round(1_000 / (roundTripMs + commitMs)) };
}

async function measureRoundTrip(url) {
  const { origin, pathname } = new URL(url);
  const client = new Client(origin);
  const body = bodyOf('bound', 'acct_0', 0);
  try {
    return await medianDurationMs(async () => {
      const response = await client.request({ path: pathname, method: 'POST', headers: { 'content-type': 'application/json' }, body });
      await response.body.dump();
    });
  } finally {
    await client.close();
  }
}

async function measureCommit(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('create table bench_commits (n integer)');
    const commitMs = await medianDurationMs((n) => client.query({ name: 'commit', text: 'insert into bench_commits values ($1)', values: [n] }));
    await client.query('drop table bench_commits');
    return commitMs;
  } finally {
    await client.end();
  }
}

async function medianDurationMs(act) {
  const durationsMs = [];
  for (let n = 0; n < REPETITIONS; n++) {
    const startedAt = performance.now();
    await act(n);
    durationsMs.push(performance.now() - startedAt);
  }
  return round(median(durationsMs));
}
