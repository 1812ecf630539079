import { describe, expect, it } from '@jest/globals';
import { checkTopicSettings, reported, type TopicSettings } from './topic-settings.js';

const check = (settings: TopicSettings): string[] => checkTopicSettings([{ topic: 'events', retentionMs: 604_800_000, settings, replicas: 3 }], { kafka: { brokers: ['broker:9092'] } });

describe('checkTopicSettings', () => {
  it('passes settings that the broker does not report, or reports without a value', () => {
    const names = ['cleanup.policy', 'compression.type', 'retention.ms', 'retention.bytes', 'min.insync.replicas'];
    for (const configValue of ['', null]) expect(check(reported(names.map((configName) => ({ configName, configValue }))))).toEqual([]);
    expect(check(new Map())).toEqual([]);
  });

  it('refuses a compression that it cannot read', () => {
    expect(() => check(reported([{ configName: 'compression.type', configValue: 'zstd' }]))).toThrow('compression.type=zstd, which Lockstep cannot read');
  });
});
