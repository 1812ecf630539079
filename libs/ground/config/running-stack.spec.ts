import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { RunningStack } from './running-stack.js';

const folder = mkdtempSync(path.join(tmpdir(), 'lockstep-running-stack-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('running stack', () => {
  it('uses the servers of the environment', () => {
    const stack = new RunningStack({ DATABASE_URL: 'postgres://here/db', KAFKA_BROKERS: 'one:9092,two:9092', KAFKA_TOPIC_PREFIX: 'ours.', LOCKSTEP_DATA_DIR: folder });
    expect(stack.databaseUrl()).toBe('postgres://here/db');
    expect(stack.kafka()).toMatchObject({ brokers: ['one:9092', 'two:9092'], topicPrefix: 'ours.' });
  });

  it('without them uses the stack in the data folder', () => {
    const stack = new RunningStack({ LOCKSTEP_DATA_DIR: folder });
    expect(() => stack.databaseUrl()).toThrow('set DATABASE_URL, or start a stack first');
    writeFileSync(path.join(folder, 'stack.json'), JSON.stringify({ databaseUrl: 'postgres://there/db' }));
    expect(stack.databaseUrl()).toBe('postgres://there/db');
    expect(() => stack.kafka()).toThrow('has no kafkaBrokers: set KAFKA_BROKERS');
    writeFileSync(path.join(folder, 'stack.json'), JSON.stringify({ databaseUrl: 'postgres://there/db', kafkaBrokers: 'three:9092' }));
    expect(new RunningStack({ LOCKSTEP_DATA_DIR: folder }).kafka()).toMatchObject({ brokers: ['three:9092'], topicPrefix: 'lockstep.' });
  });
});
