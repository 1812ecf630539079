import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { LookBack } from '#ground/polling/look-back';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { LaneMarksRepository } from './lane-marks.repository.js';
import { OperationsModule } from './operations.module.js';

let fixture: ShardFixture;
let dispatcher: TestingModule;

beforeAll(async () => {
  fixture = await createShardFixture();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), OperationsModule]).compile();
});

afterAll(async () => {
  await dispatcher.close();
  await fixture.close();
});

describe('marks on lanes', () => {
  it("are found when they were made after the database's clock was set back, and not for ever", async () => {
    const endpoint = await fixture.createEndpoint();
    await fixture.pool.query("insert into lanes (tenant, endpoint, entity, shard, tail_sequence) select 'default', $1, entity, 0, 1 from unnest(array['fast', 'right', 'old']) entity", [endpoint]);
    const mark = (entity: string, by: string): Promise<unknown> =>
      fixture.pool.query('update lanes set paused = true, marked_at = now() + $2::interval where entity = $1', [entity, by]);
    const names = new Map((await fixture.pool.query<{ id: number; entity: string }>('select id, entity from lanes')).rows.map(({ id, entity }) => [id, entity]));
    const repository = dispatcher.get(LaneMarksRepository);
    const lookBack = new LookBack(90_000);
    const found = async (): Promise<(string | undefined)[]> => (await lookBack.look((bounds) => repository.find([0], bounds))).map(({ lane }) => names.get(lane)).sort();
    await mark('old', '-1 hour');
    await mark('fast', '10 minutes');
    expect(await found()).toEqual(['fast', 'old']);
    expect(await found()).toEqual(['fast']);
    await mark('right', '0');
    expect(await found()).toEqual(['fast', 'right']);
  });
});
