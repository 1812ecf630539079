import { Pool } from 'undici';
import { settings, statement } from './settings.mjs';

const CONNECTIONS = 64;
const SETTLE_EVENTS = 500;

/** One queue per entity. Its head is being delivered; the next event follows once the head's outcome is committed. */
export function createLanes(pool) {
  const receiver = new Pool(settings.receiverUrl.origin, { connections: CONNECTIONS, pipelining: 1 });
  const settle = statement('settle');
  const lanes = new Map();
  const outcomes = [];
  let settling = false;
  let queued = 0;

  function add(event) {
    queued++;
    const lane = lanes.get(event.entity);
    if (lane !== undefined) {
      lane.push(event);
      return;
    }
    lanes.set(event.entity, [event]);
    void deliver(event);
  }

  async function deliver(event) {
    const startedAt = performance.now();
    let status = 0;
    try {
      const response = await receiver.request({
        path: settings.receiverUrl.pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'webhook-id': event.eventId },
        body: event.payload,
      });
      await response.body.dump();
      status = response.statusCode;
    } catch (error) {
      console.error(error);
    }
    outcomes.push({ event, status, durationMs: performance.now() - startedAt });
    if (!settling) void settleAll();
  }

  async function settleAll() {
    settling = true;
    await new Promise((resolve) => setImmediate(resolve));
    while (outcomes.length > 0) {
      const batch = outcomes.splice(0, SETTLE_EVENTS);
      const values = [batch.map(({ event }) => event.delivery), batch.map(() => 1), batch.map(({ status }) => status), batch.map(({ durationMs }) => durationMs)];
      await pool.query({ ...settle, values });
      for (const { event } of batch) next(event.entity);
    }
    settling = false;
  }

  function next(entity) {
    queued--;
    const lane = lanes.get(entity);
    lane.shift();
    if (lane.length > 0) void deliver(lane[0]);
    else lanes.delete(entity);
  }

  return {
    add,
    get queued() {
      return queued;
    },
  };
}
