import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { fixRequestQueueTimer } from './request-queue-timer.js';

interface RequestQueue {
  throttledUntil: number;
  readonly pending: unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const require = createRequire(import.meta.url);
const RequestQueue = require('kafkajs/src/network/requestQueue/index.js') as {
  new (options: object): RequestQueue;
  readonly prototype: { scheduleCheckPendingRequests: (this: RequestQueue) => void };
};
const theirs = RequestQueue.prototype.scheduleCheckPendingRequests;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
});

afterEach(() => {
  RequestQueue.prototype.scheduleCheckPendingRequests = theirs;
  jest.useRealTimers();
});

function fixedQueue(): RequestQueue & { checks: number } {
  fixRequestQueueTimer();
  return Object.assign(new RequestQueue({}), {
    checks: 0,
    checkPendingRequests(this: { checks: number }) {
      this.checks++;
    },
  });
}

test('replaces the method of kafkajs 2.2.4', () => {
  // When this fails, kafkajs has changed: read its method again, then adapt the fix or drop it.
  expect(createHash('sha256').update(theirs.toString()).digest('hex')).toBe('04347ea969c6f2e3754427c0cbaee0bd4ce947fbd82f7b6e027506a06dfc581a');
});

test('kafkajs itself still sets a timer with a negative delay while nothing is pending', () => {
  const setTimer = jest.spyOn(globalThis, 'setTimeout');
  new RequestQueue({}).scheduleCheckPendingRequests();
  expect(setTimer.mock.calls.map(([, delayMs]) => delayMs)).toEqual([-1_000_001]);
});

test('sets no timer while nothing is pending and the broker does not throttle', () => {
  const queue = fixedQueue();
  queue.scheduleCheckPendingRequests();
  expect(jest.getTimerCount()).toBe(0);
});

test('requests that are pending are checked once after 10 ms, also when the check is scheduled twice', () => {
  const queue = fixedQueue();
  queue.pending.push({});
  queue.scheduleCheckPendingRequests();
  queue.scheduleCheckPendingRequests();
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(9);
  expect(queue.checks).toBe(0);
  jest.advanceTimersByTime(1);
  expect(queue.checks).toBe(1);
  queue.scheduleCheckPendingRequests();
  expect(jest.getTimerCount()).toBe(1);
});

test('requests wait until the broker\'s throttling ends', () => {
  const queue = fixedQueue();
  queue.pending.push({});
  queue.throttledUntil = Date.now() + 500;
  queue.scheduleCheckPendingRequests();
  jest.advanceTimersByTime(499);
  expect(queue.checks).toBe(0);
  jest.advanceTimersByTime(1);
  expect(queue.checks).toBe(1);
});
