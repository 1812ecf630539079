import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LookBack } from '#ground/polling/look-back';
import { databaseOf } from '#ground/postgres/pool';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { LaneMarksRepository } from './lane-marks.repository.js';

let fixture: ShardFixture;

beforeAll(async () => {
  fixture = await createShardFixture();
});

afterAll(() => fixture.close());

describe('marks on lanes', () => {
  it("are found when they were made after the database's clock was set back, and not for ever", async () => {
    const endpoint = await fixture.createEndpoint();
    await fixture.pool.query("insert into lanes (tenant, endpoint, entity, shard, tail_sequence) select 'default', $1, entity, 0, 1 from unnest(array['fast', 'right', 'old']) entity", [endpoint]);
    const mark = (entity: string, by: string): Promise<unknown> =>
      fixture.pool.query('update lanes set paused = true, marked_at = now() + $2::interval where entity = $1', [entity, by]);
    const names = new Map((await fixture.pool.query<{ id: number; entity: string }>('select id, entity from lanes')).rows.map(({ id, entity }) => [id, entity]));
    const repository = new LaneMarksRepository(databaseOf(fixture.pool));
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
