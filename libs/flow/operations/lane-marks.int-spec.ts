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

async function pagesOf<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const all: Page[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

describe('marks on lanes', () => {
  it('come in pages, each once, also when one statement has made many of them', async () => {
    const endpoint = await fixture.createEndpoint();
    await fixture.pool.query(
      `insert into lanes (tenant, endpoint, entity, shard, tail_sequence, paused, marked_at)
       select 'default', $1, 'entity-' || n, 1 + n / 1200, 1, true, now() - case when n % 3 = 0 then n * interval '1 millisecond' else interval '0' end
       from generate_series(0, 1299) n`, [endpoint]);
    const pages = await pagesOf(dispatcher.get(LaneMarksRepository).find([{ shard: 1, sinceMs: 0 }, { shard: 2, sinceMs: 0 }], 0));
    expect(pages.map((page) => page.length)).toEqual([600, 500, 200]);
    expect(new Set(pages.flat().map(({ lane }) => lane)).size).toBe(1_300);
    const ofOne = pages.flat().filter(({ shard }) => shard === 1).map(({ changedAtMs }) => changedAtMs);
    expect(ofOne).toEqual(ofOne.toSorted((a, b) => a - b));
    expect(await pagesOf(dispatcher.get(LaneMarksRepository).find([{ shard: 2, sinceMs: Date.now() + 3_600_000 }], 0))).toEqual([[]]);
  });

  it("are found when they were made after the database's clock was set back, and not for ever", async () => {
    const endpoint = await fixture.createEndpoint();
    await fixture.pool.query("insert into lanes (tenant, endpoint, entity, shard, tail_sequence) select 'default', $1, entity, 0, 1 from unnest(array['fast', 'right', 'old']) entity", [endpoint]);
    const mark = (entity: string, by: string): Promise<unknown> =>
      fixture.pool.query('update lanes set paused = true, marked_at = now() + $2::interval where entity = $1', [entity, by]);
    const names = new Map((await fixture.pool.query<{ id: number; entity: string }>('select id, entity from lanes')).rows.map(({ id, entity }) => [id, entity]));
    const repository = dispatcher.get(LaneMarksRepository);
    const lookBack = new LookBack(90_000);
    const found = async (): Promise<(string | undefined)[]> => (await lookBack.look(({ sinceMs, withinMs }) => pagesOf(repository.find([{ shard: 0, sinceMs }], withinMs)).then((pages) => pages.flat()))).map(({ lane }) => names.get(lane)).sort();
    await mark('old', '-1 hour');
    await mark('fast', '10 minutes');
    expect(await found()).toEqual(['fast', 'old']);
    expect(await found()).toEqual(['fast']);
    await mark('right', '0');
    expect(await found()).toEqual(['fast', 'right']);
  });
});
