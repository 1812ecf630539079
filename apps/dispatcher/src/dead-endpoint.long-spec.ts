import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { startServers } from '#dev/testing/servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { pastEvents } from '../fixtures/past-events.js';

const WAITING = 200_000;
const MEASURED_MS = 60_000;
const TICK_MS = 10;

/** CPU time in ms of the dispatcher, and of the database's sessions. */
async function cpuOf(system: SystemUnderTest): Promise<{ dispatcher: number; postgres: number }> {
  const sessions = await system.query<{ pid: number }>('select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
  const ticks = await Promise.all([system.dispatchers[0]?.pid ?? NaN, ...sessions.map(({ pid }) => pid)].map(async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const [user, kernel] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13);
    return Number(user) + Number(kernel);
  }));
  const [dispatcher = NaN, ...postgres] = ticks;
  return { dispatcher: dispatcher * TICK_MS, postgres: postgres.reduce((sum, each) => sum + each, 0) * TICK_MS };
}

async function cpuWhile(system: SystemUnderTest, ms: number): Promise<{ dispatcher: number; postgres: number }> {
  const before = await cpuOf(system);
  await setTimeout(ms);
  const after = await cpuOf(system);
  return { dispatcher: after.dispatcher - before.dispatcher, postgres: after.postgres - before.postgres };
}

it('an endpoint that fails, with 200,000 deliveries waiting, gets a few requests a minute', async () => {
  const servers = await startServers();
  const receiver = await Receiver.start();
  receiver.respond = () => 500;
  const system = await SystemUnderTest.start(servers, { env: { KAFKA_PARTITIONS: '8' } });
  try {
    await system.query(pastEvents({ type: 'past.made', events: WAITING, entities: 2_000, shards: 8 }));
    await system.query('analyze');
    const idle = await cpuWhile(system, MEASURED_MS);
    const endpoint = await system.createEndpoint(receiver.url, { eventTypes: ['past.made'], startAt: 'earliest' });
    await waitUntil('all to wait', async () => Number((await system.query<{ n: string }>('select coalesce(sum(tail_sequence - closed_sequence), 0) as n from lanes'))[0]?.n) === WAITING, 600_000);
    await waitUntil('the breaker to open', async () => ((await system.call('GET', `/v1/endpoints/${endpoint}`)) as { breaker: { state: string } }).breaker.state === 'open', 60_000);
    const before = receiver.arrivals.length;
    const dead = await cpuWhile(system, MEASURED_MS);
    const requests = receiver.arrivals.length - before;
    console.log(JSON.stringify({ requestsAMinute: requests, cpuMs: { idle, dead } }));
    expect(requests).toBeLessThanOrEqual(10);
  } finally {
    await system.stop();
    await Promise.all([receiver.stop(), servers.stop()]);
  }
}, 1_200_000);
