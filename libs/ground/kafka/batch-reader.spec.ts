import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { KafkaMessage, TopicPartition } from 'kafkajs';
import { captureLog } from '#dev/testing/log-capture';
import { type BatchPayload, BatchReader } from './batch-reader.js';
import type { BatchResult, ShardBatch } from './shard-batch.js';

const PARTITION = 3;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

const messageAt = (offset: number): KafkaMessage => ({ key: null, value: null, timestamp: '0', attributes: 0, offset: String(offset), headers: {} });

interface Given {
  readonly topic?: string;
  /** Offsets of the records; an empty batch has none. */
  readonly offsets?: readonly number[];
  readonly highWatermark?: number;
  readonly heartbeatError?: Error;
  readonly handle?: (batch: ShardBatch) => BatchResult | Promise<BatchResult>;
}

/** A reader with an open shard, and one batch of it: what the reader does is noted in `done`. */
function scene({ topic = 'events', offsets = [10, 11, 14], highWatermark = 15, heartbeatError, handle = () => ({ kind: 'done' }) }: Given = {}) {
  const done: string[] = [];
  const batches: ShardBatch[] = [];
  const kafka = { running: true, stale: false };
  const shard: { opening: number | undefined } = { opening: 1 };
  const gate = {
    openingOf: () => shard.opening,
    pause: (partition: TopicPartition) => void done.push(`pause ${partition.topic}`),
    pauseFor: (partition: TopicPartition, durationMs: number) => void done.push(`pause ${partition.topic} for ${durationMs}`),
    expedite: (partition: TopicPartition) => void done.push(`expedite ${partition.topic}`),
  };
  const log = captureLog();
  const reader = new BatchReader({
    topicPrefix: 't.',
    gate,
    logger: log.logger,
    handle: async (batch) => {
      batches.push(batch);
      return handle(batch);
    },
  });
  const payload: BatchPayload = {
    batch: {
      topic: `t.${topic}`, partition: PARTITION, highWatermark: String(highWatermark), messages: offsets.map(messageAt),
      firstOffset: () => String(offsets[0]), lastOffset: () => String(offsets.at(-1)),
    },
    isRunning: () => kafka.running,
    isStale: () => kafka.stale,
    resolveOffset: (offset) => void done.push(`resolve ${offset}`),
    heartbeat: () => (heartbeatError === undefined ? Promise.resolve(void done.push('heartbeat')) : Promise.reject(heartbeatError)),
    commitOffsetsIfNecessary: (offsetsToCommit) => Promise.resolve(void done.push(`commit ${offsetsToCommit?.topics[0]?.partitions[0]?.offset}`)),
  };
  return { reader, payload, done, batches, kafka, shard, log };
}

describe('BatchReader', () => {
  it('passes on a batch with its offsets, resolves it when it is done, and commits its offset within a second', async () => {
    const { reader, payload, done, batches } = scene();
    await reader.read(payload);
    expect(batches).toMatchObject([{ shard: PARTITION, topic: 'events', firstOffset: 10, nextOffset: 15, logEnd: 15, endsLog: true }]);
    expect(done).toEqual(['resolve 14', 'heartbeat']);
    jest.advanceTimersByTime(1_000);
    expect(done).toEqual(['resolve 14', 'heartbeat', 'commit 15']);
  });

  it('reads on at once when the log has more', async () => {
    const { reader, payload, done } = scene({ highWatermark: 20 });
    await reader.read(payload);
    expect(done).toEqual(['resolve 14', 'expedite t.events', 'heartbeat']);
    reader.clear();
  });

  it('resolves what is done before a pause, and nothing when that is nothing', async () => {
    const part = scene({ handle: () => ({ kind: 'pause', fromOffset: 11, durationMs: 500 }) });
    await part.reader.read(part.payload);
    expect(part.done).toEqual(['resolve 10', 'pause t.events for 500', 'heartbeat']);
    const none = scene({ handle: () => ({ kind: 'pause', fromOffset: 10, durationMs: 500 }) });
    await none.reader.read(none.payload);
    expect(none.done).toEqual(['pause t.events for 500', 'heartbeat']);
    part.reader.clear();
    none.reader.clear();
  });

  it.each([new TypeError('a bug'), new RangeError('another')])('gives the batch again after a pause when its handler fails: %s', async (error) => {
    const { reader, payload, done, log } = scene({ handle: () => Promise.reject(error) });
    await reader.read(payload);
    expect(done).toEqual(['pause t.events for 250', 'heartbeat']);
    expect(log.lines).toMatchObject([{ msg: 'A batch failed; retrying', topic: 'events', shard: PARTITION, offset: 10, err: { message: error.message } }]);
    reader.clear();
  });

  it('pauses the partition, and resolves nothing, when the shard is not the handler\'s', async () => {
    const { reader, payload, done } = scene({ handle: () => ({ kind: 'closed' }) });
    await reader.read(payload);
    expect(done).toEqual(['pause t.events']);
  });

  it('passes on nothing of a shut shard', async () => {
    const { reader, payload, done, batches, shard } = scene();
    shard.opening = undefined;
    await reader.read(payload);
    expect([batches, done]).toEqual([[], ['pause t.events']]);
  });

  it('ignores batches that are empty, or outdated in kafkajs', async () => {
    for (const change of [{ running: false }, { stale: true }, {}]) {
      const { reader, payload, done, batches, kafka } = scene(Object.keys(change).length === 0 ? { offsets: [] } : {});
      Object.assign(kafka, change);
      await reader.read(payload);
      expect([batches, done]).toEqual([[], []]);
    }
  });

  it.each([
    ['shut', { opening: undefined }, {}],
    ['opened again', { opening: 2 }, {}],
    ['sought elsewhere', {}, { stale: true }],
    ['stopped', {}, { running: false }],
  ])('ignores the result of a batch whose partition was %s while it was handled', async (_, changedShard, changedKafka) => {
    const result = Promise.withResolvers<BatchResult>();
    const { reader, payload, done, kafka, shard } = scene({ handle: () => result.promise });
    const reading = reader.read(payload);
    Object.assign(shard, changedShard);
    Object.assign(kafka, changedKafka);
    result.resolve({ kind: 'done' });
    await reading;
    expect(done).toEqual([]);
  });

  it('passes on kafkajs\' own errors, and keeps type errors, which would end the consumer', async () => {
    const rebalancing = new Error('The group is rebalancing');
    const lost = scene({ heartbeatError: rebalancing });
    await expect(lost.reader.read(lost.payload)).rejects.toBe(rebalancing);
    const broken = scene({ heartbeatError: new TypeError('undefined is not an object') });
    await broken.reader.read(broken.payload);
    expect(broken.done).toEqual(['resolve 14']);
    lost.reader.clear();
    broken.reader.clear();
  });
});
