import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TopicPartitionOffset, TopicPartitions } from 'kafkajs';
import pino from 'pino';
import { KafkaJSNonRetriableError } from './client.js';
import { PartitionGate } from './partition-gate.js';

const TOPICS = ['events', 'control', 'retry.1s'] as const;
const NODE = 1;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** Which partitions a consumer reads, and from where: kafkajs reads all that were not paused. */
class Reading {
  readonly paused = new Set<string>();
  readonly seeks: string[] = [];
  inGroup = true;

  pause(selections: readonly { topic: string; partitions?: number[] }[]): void {
    this.each(selections, (partition) => this.paused.add(partition));
  }

  resume(selections: readonly { topic: string; partitions?: number[] }[]): void {
    this.each(selections, (partition) => this.paused.delete(partition));
  }

  seek({ topic, partition, offset }: TopicPartitionOffset): void {
    this.seeks.push(`${topic}/${partition} from ${offset}`);
  }

  reads(topic: string, partition: number): boolean {
    return !this.paused.has(`${topic}/${partition}`);
  }

  private each(selections: readonly Partial<TopicPartitions>[], action: (partition: string) => void): void {
    if (!this.inGroup) throw new KafkaJSNonRetriableError('Consumer group was not initialized, consumer#run must be called first');
    for (const { topic, partitions = [] } of selections) for (const partition of partitions) action(`${topic}/${partition}`);
  }
}

function joined() {
  const reading = new Reading();
  const gate = new PartitionGate({ consumer: reading, topics: TOPICS, quietTopics: new Set(['retry.1s']), logger: pino({ level: 'silent' }) });
  gate.shutAll([0, 1]);
  const read = (shard: number): string[] => {
    gate.beforeFetch(NODE);
    return TOPICS.filter((topic) => reading.reads(topic, shard));
  };
  return { gate, reading, read };
}

describe('PartitionGate', () => {
  it('reads the partitions of open shards only, the first topic from the given offset', () => {
    const { gate, reading, read } = joined();
    expect([read(0), read(1)]).toEqual([[], []]);
    gate.open(0, 7);
    expect([read(0), read(1)]).toEqual([[...TOPICS], []]);
    expect(reading.seeks).toEqual(['events/0 from 7']);
    gate.open(1);
    expect(read(1)).toEqual([...TOPICS]);
    expect(reading.seeks).toHaveLength(1);
    gate.shut(0);
    expect(read(0)).toEqual([]);
  });

  it('reads quiet topics in one fetch of 200 ms, and in the next one when there is more', () => {
    const { gate, read } = joined();
    gate.open(0);
    expect(read(0)).toContain('retry.1s');
    expect(read(0)).toEqual(['events', 'control']);
    gate.expedite({ topic: 'events', partition: 0 });
    expect(read(0)).toEqual(['events', 'control']);
    gate.expedite({ topic: 'retry.1s', partition: 0 });
    expect(read(0)).toContain('retry.1s');
  });

  it('pauses one partition for a time', () => {
    const { gate, read } = joined();
    gate.open(0);
    gate.pauseFor({ topic: 'events', partition: 0 }, 100);
    gate.pauseFor({ topic: 'retry.1s', partition: 0 }, 100);
    jest.advanceTimersByTime(99);
    expect(read(0)).toEqual(['control']);
    jest.advanceTimersByTime(1);
    expect(read(0)).toEqual([...TOPICS]);
  });

  it.each([
    ['shut', (gate: PartitionGate) => gate.shut(0)],
    ['assigned again', (gate: PartitionGate) => gate.shutAll([0, 1])],
  ])('does not resume a paused partition whose shard was %s during the pause', (_, change) => {
    const { gate, read } = joined();
    gate.open(0);
    gate.pauseFor({ topic: 'events', partition: 0 }, 100);
    change(gate);
    jest.advanceTimersByTime(1_000);
    expect(read(0)).toEqual([]);
  });

  it('tells the openings of a shard apart', () => {
    const { gate } = joined();
    expect(gate.openingOf(0)).toBeUndefined();
    const openings = [1, 2].map(() => (gate.open(0), gate.openingOf(0)));
    expect(new Set(openings).size).toBe(2);
    gate.shut(0);
    expect(gate.openingOf(0)).toBeUndefined();
    gate.open(0);
    gate.clear();
    expect(gate.openingOf(0)).toBeUndefined();
  });

  it('has nothing to pause while the consumer is in no group', () => {
    const { gate, reading } = joined();
    reading.inGroup = false;
    gate.open(0);
    gate.pauseFor({ topic: 'events', partition: 0 }, 100);
    gate.shut(0);
    gate.beforeFetch(NODE);
    jest.advanceTimersByTime(1_000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
