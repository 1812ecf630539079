import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { captureLog } from '#dev/testing/log-capture';
import { StartError } from '#ground/process/start-error';
import type { TopicsReport } from './ensure-topics.js';
import { TopicsKeeper } from './topics-keeper.js';

const USABLE: TopicsReport = { created: [], raised: [], warnings: [], unreplicated: [] };
const tooSmall = new StartError('topics_unsuitable', 'events has max.message.bytes=1');
const missing = new StartError('topics_missing', 'Kafka lacks events');

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A keeper whose checks end like this, one after the other; the last one repeats. */
function keeperOf(...checks: (TopicsReport | Error | Promise<never>)[]) {
  const refused: Error[] = [];
  const log = captureLog();
  const ensure = async (): Promise<TopicsReport> => {
    const check = await (checks.length > 1 ? checks.shift() : checks[0]);
    if (check === undefined) throw new Error('A keeper needs at least one check');
    if (check instanceof Error) throw check;
    return check;
  };
  return { keeper: new TopicsKeeper({ ensure, logger: log.logger, onRefused: (error) => refused.push(error) }), refused, log };
}

describe('TopicsKeeper', () => {
  it('ends the process when waiting would not help, and the topics were never usable', async () => {
    const { keeper, refused } = keeperOf(new Error('Kafka is away'), missing, tooSmall);
    keeper.start();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(refused).toEqual([tooSmall]);
    expect(keeper.problem).toBe(tooSmall.message);
    await keeper.stop();
  });

  it('reports the same as a problem, and continues to check, when the topics were usable before', async () => {
    const { keeper, refused } = keeperOf(USABLE, tooSmall, USABLE);
    keeper.start();
    await jest.advanceTimersByTimeAsync(0);
    await keeper.ready();
    expect(keeper.problem).toBeUndefined();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(keeper.problem).toBe(tooSmall.message);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(keeper.problem).toBeUndefined();
    expect(refused).toEqual([]);
    await keeper.stop();
  });

  it('logs a lasting problem once, and limits that it raised or may not read', async () => {
    const { keeper, log } = keeperOf(missing, missing, { created: ['control'], raised: ['events'], warnings: [], unreplicated: ['events'], unreadable: 'Not authorized' }, { ...USABLE, unreadable: 'Not authorized' });
    keeper.start();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(log.lines.map(({ msg }) => msg)).toEqual([
      'Kafka topics are not ready; retrying',
      'Raised max.message.bytes of topics: their limit was below what LOCKSTEP_MAX_BODY_BYTES needs',
      'Topic settings are not checked: Kafka does not allow DescribeConfigs',
      'Topics have one replica: their records are lost with its broker, and events then come from Postgres',
      'Kafka topics are ready',
    ]);
    await keeper.stop();
  });

  it('logs each warning once, and shows those that last', async () => {
    const [compressed, kept] = ['events has compression.type=producer', 'events keeps records for 1s'];
    const { keeper, log } = keeperOf({ ...USABLE, warnings: [compressed, kept] }, { ...USABLE, warnings: [kept] }, missing, { ...USABLE, warnings: [compressed] }, USABLE);
    keeper.start();
    const shown: (string | undefined)[] = [];
    for (const ms of [0, 5_000, 5_000, 2_000, 5_000]) {
      await jest.advanceTimersByTimeAsync(ms);
      shown.push(keeper.warning);
    }
    expect(shown).toEqual([`${compressed}\n${kept}`, kept, undefined, compressed, undefined]);
    expect(log.lines.flatMap(({ warning }) => (warning === undefined ? [] : [warning]))).toEqual([compressed, kept, compressed]);
    await keeper.stop();
  });

  it('delays the end of the process by a second at most, while Kafka does not answer', async () => {
    const { keeper } = keeperOf(new Promise<never>(() => undefined));
    keeper.start();
    let stopped = false;
    const stop = keeper.stop().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(900);
    expect(stopped).toBe(false);
    await jest.advanceTimersByTimeAsync(200);
    await stop;
    await keeper.ready();
  });
});
