import { expect, it } from '@jest/globals';
import pino from 'pino';
import type { AdmissionRepository, LogPosition } from '#flow/admission/admission.repository';
import { now } from '#domain/clock';
import { WindowBudget } from '#domain/lane';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { Lease } from '#flow/leases/lease';
import type { LeaseKeeper } from '#flow/leases/lease-keeper';
import type { LaneLoader } from '#flow/lanes/lane-loader';
import type { LaneRunner } from '#flow/lanes/lane-runner';
import { ShardSupervisor } from './shard-supervisor.js';

/** Takes shard 0, of whose log that much was read before; resolves with the offset at which it is opened. */
async function openedAt(cursor: LogPosition | undefined): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const supervisor = new ShardSupervisor({
    keeper: {} as LeaseKeeper,
    runner: { resume: () => undefined } as unknown as LaneRunner,
    loader: { scan: () => Promise.resolve() } as unknown as LaneLoader,
    admissions: { cursors: () => Promise.resolve(new Map(cursor === undefined ? [] : [[0, cursor]])) } as unknown as AdmissionRepository,
    gate: { open: (_, offset) => resolve(offset), shut: () => undefined },
    laneBudget: new LaneBudget(1),
    windowBudget: new WindowBudget(1),
    drainTimeoutMs: 0,
    logger: pino({ level: 'silent' }),
  });
  supervisor.claimed(new Lease(0, 1, 60_000, now()));
  const offset = await promise;
  // What is read first is to be compared with what is known.
  expect(supervisor.reading(0)?.checked).toBe(false);
  return offset;
}

it('reads on a shard that it has taken one record early, to see whether the log is the same', async () => {
  expect(await openedAt({ nextOffset: 10, lastEventId: 'some' })).toBe(9);
});

it('reads the log of a shard of which nothing is known, instead of taking all that is on its way for lost', async () => {
  expect(await openedAt(undefined)).toBe(0);
  expect(await openedAt({ nextOffset: 10, lastEventId: undefined })).toBe(10);
});
