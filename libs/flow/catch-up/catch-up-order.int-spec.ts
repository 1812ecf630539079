import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { mintId } from '#domain/ids';
import { CatchUpWorld, SHARD } from './fixtures/catch-up-world.js';

const ENTITIES = ['a', 'b'];

let world: CatchUpWorld;
/** Of posts that are being accepted. */
let pool: pg.Pool;

beforeAll(async () => {
  world = await CatchUpWorld.open();
  pool = new pg.Pool({ connectionString: world.fixture.url, max: 3 });
});

afterAll(async () => {
  await pool.end();
  await world.close();
});

/** An event, and when its post began and was answered, in commands. */
interface Post {
  readonly id: string;
  readonly entity: string;
  /** The filter. */
  readonly matches: boolean;
  readonly beganAt: number;
  committedAt: number;
}

/** Posts whose transactions overlap, a log in which they lie, and endpoints that begin at any time, every second one with a filter. */
class Run {
  private readonly posts: Post[] = [];
  private readonly open: { post: Post; client: pg.PoolClient }[] = [];
  private readonly log: string[] = [];
  private readonly endpoints: number[] = [];
  private read = 0;
  private now = 0;

  /** Draws the next number of acceptance; the event becomes visible later. */
  async begin(entity: string, matches: boolean): Promise<void> {
    if (this.open.length === 2) return;
    this.now += 1;
    const client = await pool.connect();
    const post: Post = { id: mintId(), entity, matches, beganAt: this.now, committedAt: Infinity };
    await client.query('begin');
    await client.query("insert into events (id, tenant, shard, type, entity, content_type, payload) values ($1, 'default', $2, 'order.created', $3, 'application/json', $4)", [post.id, SHARD, entity, Buffer.from(`{"ok":${matches}}`)]);
    this.open.push({ post, client });
    this.posts.push(post);
  }

  async commit(newest: boolean): Promise<void> {
    const accepted = newest ? this.open.pop() : this.open.shift();
    if (accepted === undefined) return;
    await accepted.client.query('commit');
    accepted.client.release();
    this.now += 1;
    accepted.post.committedAt = this.now;
  }

  /** The relay: what is visible and not in the log, the lowest number first. */
  async relay(): Promise<void> {
    const rows = await world.query<{ id: string }>('select id from events where id <> all($1::uuid[]) order by accept_seq limit 2', [this.log]);
    this.log.push(...rows.map(({ id }) => id));
  }

  /** The next records of the log, some of them again. */
  async admit(count: number): Promise<void> {
    const ids = this.log.slice(Math.max(0, this.read - 1), this.read + count);
    this.read = Math.min(this.log.length, this.read + count);
    if (ids.length > 0) await world.admit(ids);
  }

  async create(): Promise<void> {
    if (this.endpoints.length < 3) this.endpoints.push(await world.create({ startAt: '-infinity', ...(isFiltered(this.endpoints.length) ? { filter: '$.ok == true' } : {}) }));
  }

  async step(nth: number, scanned: number): Promise<void> {
    const endpoint = this.endpoints[nth % 3];
    if (endpoint !== undefined) await world.step(endpoint, { scanned, changed: 2 });
  }

  async complete(): Promise<void> {
    while (this.open.length > 0) await this.commit(true);
    for (let before = -1; before < this.log.length; ) {
      before = this.log.length;
      await this.relay();
    }
    await this.admit(this.log.length);
    for (const endpoint of this.endpoints) await world.finish(endpoint, { scanned: 3, changed: 2 });
  }

  /** Each endpoint has each event that its filter matches once, and those that were posted one after the other in this order. */
  async check(): Promise<void> {
    for (const [nth, endpoint] of this.endpoints.entries()) {
      for (const entity of ENTITIES) {
        const lane = await world.lane(endpoint, entity);
        const posts = this.posts.filter((post) => post.entity === entity && (post.matches || !isFiltered(nth)));
        expect([...lane].sort()).toEqual(posts.map(({ id }) => id).sort());
        const placed = lane.map((id) => posts.find((post) => post.id === id));
        const inverted = placed.flatMap((post, i) => placed.slice(i + 1).filter((later) => (later?.committedAt ?? 0) < (post?.beganAt ?? 0)));
        expect(inverted).toEqual([]);
      }
    }
    expect(await world.violations()).toEqual([]);
  }
}

/** Whether the endpoint that was created as this one has a filter. */
function isFiltered(nth: number): boolean {
  return nth % 2 === 0;
}

const commands = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...ENTITIES), fc.boolean()).map(([entity, matches]) => (run: Run) => run.begin(entity, matches)) },
    { weight: 4, arbitrary: fc.boolean().map((newest) => (run: Run) => run.commit(newest)) },
    { weight: 3, arbitrary: fc.constant((run: Run) => run.relay()) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }).map((count) => (run: Run) => run.admit(count)) },
    { weight: 1, arbitrary: fc.constant((run: Run) => run.create()) },
    { weight: 4, arbitrary: fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 4 })).map(([nth, scanned]) => (run: Run) => run.step(nth, scanned)) },
    { weight: 2, arbitrary: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(2)).map(([count, nth]) => async (run: Run) => void (await Promise.all([run.admit(count), run.step(nth, 4)]))) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map((count) => async (run: Run) => void (await Promise.all([run.admit(count), run.create()]))) },
    { weight: 1, arbitrary: fc.constant(() => world.takeOver()) },
  ),
  { minLength: 40, maxLength: 60 },
);

it('gives each endpoint each event once and in order, whenever posts become visible, are relayed and admitted, and owners change', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (plan) => {
      await world.reset();
      const run = new Run();
      for (const command of plan) await command(run);
      await run.complete();
      await run.check();
    }),
    { numRuns: 12, interruptAfterTimeLimit: 10_000 },
  );
});
