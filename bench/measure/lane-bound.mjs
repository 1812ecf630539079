import pg from 'pg';
import { Client } from 'undici';
import { bodyOf } from '../load/event-stream.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';
import { median, round } from './statistics.mjs';

const TRIES = 100;

/**
 * How fast one lane could be at most: each of its events waits for a round trip to the receiver and for one durable commit
 * of what came of the one before. Both one after the other on an idle machine, their medians.
 * @returns {Promise<{ roundTripMs: number, commitMs: number, boundRate: number }>} boundRate per second
 */
export async function measureBound({ receiver, pipeline }) {
  const roundTripMs = await measureRoundTrip(receiver.urlOf(MAIN_HOOK));
  const commitMs = await measureCommit(pipeline.ground.databaseUrl);
  return { roundTripMs, commitMs, boundRate: round(1_000 / (roundTripMs + commitMs)) };
}

async function measureRoundTrip(url) {
  const { origin, pathname } = new URL(url);
  const client = new Client(origin);
  const body = bodyOf('bound', 'acct_0', 0);
  try {
    return await medianOfTries(async () => {
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
    const commitMs = await medianOfTries((n) => client.query({ name: 'commit', text: 'insert into bench_commits values ($1)', values: [n] }));
    await client.query('drop table bench_commits');
    return commitMs;
  } finally {
    await client.end();
  }
}

async function medianOfTries(act) {
  const tookMs = [];
  for (let n = 0; n < TRIES; n++) {
    const startedAt = performance.now();
    await act(n);
    tookMs.push(performance.now() - startedAt);
  }
  return round(median(tookMs));
}
