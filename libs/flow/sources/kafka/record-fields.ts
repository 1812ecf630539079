import { isUtf8 } from 'node:buffer';
import type { FieldSources } from '../field-template.js';
import { textAt } from '../json-pointer.js';
import type { Source } from '../source.js';
import type { SourceRecord } from './source-record.js';

/** Which record it is. */
export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
}

/**
 * What the templates of a source's fields see of a record. One object for all records of a source, because templates seldom
 * look at most of it.
 */
export class RecordFields implements FieldSources {
  private record: SourceRecord | undefined;
  private place: RecordPlace | undefined;
  private body: Buffer | undefined;
  private key: string | undefined;
  private parsed: { readonly value: unknown } | undefined;
  private lowerCaseNames: ReadonlyMap<string, string> | undefined;

  readonly known: Readonly<Record<string, string | undefined>>;

  /** @param source its name and its id, for `source:name` and `source:id` */
  constructor({ name: sourceName, publicId }: Pick<Source, 'name' | 'publicId'>) {
    const known = { 'source:name': sourceName, 'source:id': publicId };
    const fields: Readonly<Record<string, () => string | undefined>> = {
      'record:key': () => this.key,
      'record:topic': () => this.place?.topic,
      'record:partition': () => this.place?.partition.toString(),
      'record:offset': () => this.record?.offset,
    };
    for (const [name, get] of Object.entries(fields)) Object.defineProperty(known, name, { get });
    this.known = known;
  }

  /** @param key its text, for `record:key` @param body where `json:` looks */
  show(record: SourceRecord, place: RecordPlace, key: string | undefined, body: Buffer | undefined): this {
    this.record = record;
    this.place = place;
    this.key = key;
    this.body = body;
    this.parsed = undefined;
    this.lowerCaseNames = undefined;
    return this;
  }

  /** By the exact name, else whatever its case: Kafka's names have one, templates' do not. */
  readonly header = (name: string): string | undefined => {
    const { headers } = this.record ?? {};
    if (headers === undefined) return undefined;
    const exact = headerText(headers[name]);
    if (exact !== undefined) return exact;
    this.lowerCaseNames ??= new Map(Object.keys(headers).map((each) => [each.toLowerCase(), each]));
    const found = this.lowerCaseNames.get(name);
    return found === undefined ? undefined : headerText(headers[found]);
  };

  readonly query = (): undefined => undefined;

  readonly form = (): undefined => undefined;

  readonly json = (pointer: string): string | undefined => {
    const { body } = this;
    if (body === undefined) return undefined;
    this.parsed ??= { value: jsonOf(body) };
    return textAt(this.parsed.value, () => body.toString('utf8'), pointer);
  };
}

/** The text of a header; of several the first. Undefined if it is absent or not UTF-8. */
export function headerText(header: Buffer | string | readonly (Buffer | string)[] | undefined): string | undefined {
  const first = header === undefined || typeof header === 'string' || Buffer.isBuffer(header) ? header : header[0];
  if (first === undefined || typeof first === 'string') return first;
  return utf8Of(first);
}

/** Undefined for bytes that are not UTF-8: they would all look alike. */
export function utf8Of(bytes: Buffer | null): string | undefined {
  return bytes === null || !isUtf8(bytes) ? undefined : bytes.toString('utf8');
}

/** The value of a body; undefined if it is not JSON. */
export function jsonOf(body: Buffer): unknown {
  if (!isUtf8(body)) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
