import { expect, it } from '@jest/globals';
import { register } from 'prom-client';
import { WindowBudget } from '#domain/lane';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { ShardLanes } from '#flow/lanes/shard-lanes';
import { testLease } from '#flow/leases/fixtures/test-lease';
import { OpenLogs } from './open-logs.js';
import type { LogPosition } from './shard-log.js';

const CURSOR: LogPosition = { nextOffset: 10, lastEventId: 'some' };

function world() {
  const gate: string[] = [];
  let recover = (): void => undefined;
  const logs = new OpenLogs({
    open: (shard, offset) => gate.push(`open ${shard} at ${offset}`),
    shut: (shard) => gate.push(`shut ${shard}`),
    onFetchRecovered: (listener) => (recover = listener),
  });
  const lanes = new ShardLanes(testLease(3), new LaneBudget(1), new WindowBudget(1));
  return { gate, logs, lanes, recover: () => recover() };
}

it('opens a log one record early, to see whether it is the one that was read', () => {
  const { gate, logs, lanes } = world();
  logs.open(lanes, CURSOR);
  expect([gate, logs.find(3)?.log.state]).toEqual([['open 3 at 9'], 'verifying']);
});

it('opens the partition of a log that is being repaired only when the repair has ended', () => {
  const { gate, logs, lanes, recover } = world();
  logs.open(lanes, CURSOR);
  const open = logs.find(3);
  open?.log.beginRepair();
  recover();
  expect([gate, logs.readable()]).toEqual([['open 3 at 9'], []]);
  expect([open?.log.endRepair(5), open?.log.endRepair(5)]).toEqual(['again', 'reading']);
});

it('opens its logs again when fetching works again: the topic may be another', () => {
  const { gate, logs, lanes, recover } = world();
  logs.open(lanes, CURSOR);
  recover();
  expect(gate).toEqual(['open 3 at 9', 'open 3 at 9']);
});

it('closes a log also for code that still holds it', () => {
  const { gate, logs, lanes } = world();
  logs.open(lanes, CURSOR);
  const open = logs.find(3);
  logs.close(3);
  logs.reopen(3);
  expect([gate, logs.find(3), open?.log.state]).toEqual([['open 3 at 9', 'shut 3'], undefined, 'closed']);
});

it('reports where each log is read, and whether it is being repaired, when its lag is not known', async () => {
  const { logs, lanes } = world();
  const shown = async (): Promise<string[] | null> => (await register.metrics()).match(/^lockstep_shard_.*$/gm);
  logs.open(lanes, CURSOR);
  const open = logs.find(3);
  expect(await shown()).toEqual(['lockstep_shard_next_offset{shard="3"} 10', 'lockstep_shard_repairing{shard="3"} 0']);
  open?.log.beginRepair();
  expect(await shown()).toEqual(['lockstep_shard_next_offset{shard="3"} 10', 'lockstep_shard_repairing{shard="3"} 1']);
  open?.log.endRepair(5);
  open?.log.noteEnd(open.log.openings, 7);
  expect(await shown()).toEqual(['lockstep_shard_lag_records{shard="3"} 2', 'lockstep_shard_next_offset{shard="3"} 5', 'lockstep_shard_repairing{shard="3"} 0']);
  logs.close(3);
  expect(await shown()).toBeNull();
});
