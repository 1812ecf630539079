import { compileSchema, type CompiledSchema } from '#ground/json-schema/compile-schema';
import { isObject } from '#ground/json-schema/json';

export interface SchemaCacheLimits {
  readonly maxSchemas: number;
  /** Of the schemas as text. */
  readonly maxBytes: number;
}

/** A compiled schema has some ten times the bytes of its text. */
const LIMITS: SchemaCacheLimits = { maxSchemas: 1_000, maxBytes: 8_388_608 };

interface Kept {
  readonly schema: CompiledSchema;
  readonly bytes: number;
}

/** Compiled schemas, each compiled once; those that were used least recently are dropped. */
export class SchemaCache<Key extends object> {
  /** The least recently used first. */
  private readonly kept = new Map<Key, Kept>();
  private readonly loading = new Map<Key, Promise<CompiledSchema | undefined>>();
  private bytes = 0;

  /** @param find the text of a schema; undefined if there is none any more */
  constructor(
    private readonly find: (key: Key) => Promise<string | undefined>,
    private readonly limits = LIMITS,
  ) {}

  get(key: Key): CompiledSchema | undefined {
    const kept = this.kept.get(key);
    if (kept === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, kept);
    return kept.schema;
  }

  /** Concurrent calls share one reading. */
  load(key: Key): Promise<CompiledSchema | undefined> {
    const known = this.loading.get(key);
    if (known !== undefined) return known;
    const loading = this.compiled(key).finally(() => this.loading.delete(key));
    this.loading.set(key, loading);
    return loading;
  }

  private async compiled(key: Key): Promise<CompiledSchema | undefined> {
    const text = await this.find(key);
    if (text === undefined) return undefined;
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) throw new Error('A stored schema is not an object');
    const schema = compileSchema(value);
    this.keep(key, { schema, bytes: text.length });
    return schema;
  }

  private keep(key: Key, kept: Kept): void {
    this.kept.set(key, kept);
    this.bytes += kept.bytes;
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.limits.maxSchemas && this.bytes <= this.limits.maxBytes) return;
      this.bytes -= this.kept.get(oldest)?.bytes ?? 0;
      this.kept.delete(oldest);
    }
  }
}
