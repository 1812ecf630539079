import { describe, expect, it } from '@jest/globals';
import { SchemaCache, type SchemaCacheLimits } from './schema-cache.js';

interface Key {
  readonly name: string;
}

function cacheOf(limits: SchemaCacheLimits) {
  const found: string[] = [];
  const cache = new SchemaCache<Key>(({ name }) => {
    found.push(name);
    return Promise.resolve(name === 'none' ? undefined : JSON.stringify({ const: name }));
  }, limits);
  return { cache, found };
}

const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

describe('SchemaCache', () => {
  it('compiles a schema once, also for concurrent calls', async () => {
    const { cache, found } = cacheOf({ maxSchemas: 10, maxBytes: 1_000 });
    const [one, other] = await Promise.all([cache.load(a), cache.load(a)]);
    expect(one).toBe(other);
    expect(cache.get(a)).toBe(one);
    expect(found).toEqual(['a']);
    expect(one?.faultsOf('a', 3)).toBeUndefined();
  });

  it('drops what was used least recently, by number and by bytes', async () => {
    const bytes = JSON.stringify({ const: 'a' }).length;
    for (const limits of [{ maxSchemas: 2, maxBytes: 1_000 }, { maxSchemas: 10, maxBytes: 2 * bytes }]) {
      const { cache } = cacheOf(limits);
      await cache.load(a);
      await cache.load(b);
      cache.get(a);
      await cache.load(c);
      expect([a, b, c].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true]);
    }
  });

  it('does not keep anything of a schema that does not exist', async () => {
    const { cache } = cacheOf({ maxSchemas: 10, maxBytes: 1_000 });
    const none = { name: 'none' };
    expect(await cache.load(none)).toBeUndefined();
    expect(cache.get(none)).toBeUndefined();
  });

  it('reads again after a failure', async () => {
    let failures = 1;
    const cache = new SchemaCache<Key>(() => (failures-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve('{}')));
    await expect(cache.load(a)).rejects.toThrow('away');
    expect(await cache.load(a)).toBeDefined();
  });
});
