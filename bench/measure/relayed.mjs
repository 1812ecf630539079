import { setTimeout as delay } from 'node:timers/promises';

/** Enough for the largest backlog, 500,000 events, at 2,000/s. */
const TIMEOUT_MS = 250_000;

/** Resolves when every accepted event is in Kafka. */
export async function untilRelayed(pipeline) {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const waiting = await pipeline.countWaiting();
    if (waiting === 0) return;
    if (performance.now() > deadline) throw new Error(`After ${TIMEOUT_MS / 1_000} s ${waiting} events are still not in Kafka`);
    await delay(200);
  }
}
