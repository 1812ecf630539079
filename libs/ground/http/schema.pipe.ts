import { isUtf8 } from 'node:buffer';
import { type ArgumentMetadata, Injectable, type PipeTransform, StandardSchemaValidationPipe } from '@nestjs/common';
import { LockstepError, type ProblemDetail } from '#domain/problem';

interface Issue {
  readonly message: string;
  /** Of zod's `unrecognized_keys`, which points at the object instead. */
  readonly keys?: readonly string[];
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type Source = ArgumentMetadata['type'];

/**
 * Checks what a route gets against its zod schema (`@Body({ schema })`, `@Query({ schema })`), and parses the body,
 * which arrives as bytes: the ingest route needs them unchanged.
 * @throws LockstepError invalid_request with a path for each thing that is wrong: a JSON pointer, or a query's name
 */
@Injectable()
export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const validation = new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues, metadata.type) });
    return validation.transform(metadata.type === 'body' ? parseJson(value) : value, metadata);
  }
}

/** Deeper than anybody writes settings; checking and storing them goes as deep as they do, on a stack that ends. */
const DEEPEST = 64;

/** Undefined when nothing was sent: that may do, where nothing is required. */
function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  if (!isUtf8(body)) throw new LockstepError('invalid_request', 'The body must be UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new LockstepError('invalid_request', `The body is not valid JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  if (isDeeperThan(value, DEEPEST)) throw new LockstepError('invalid_request', `The body is nested deeper than ${DEEPEST} levels`);
  return value;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  let level: unknown[] = [value];
  for (let levels = 0; level.length > 0; levels++) {
    if (levels > depth) return true;
    level = level.flatMap((item): unknown[] => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

function invalidRequest(issues: readonly Issue[], source: Source): LockstepError {
  const errors = issues.flatMap((issue) => detailsOf(issue, source));
  return new LockstepError('invalid_request', errors.map(({ path, message }) => `${path} ${message}`.trim()).join('; '), { errors });
}

function detailsOf({ message, path = [], keys }: Issue, source: Source): ProblemDetail[] {
  const segments = path.map((segment) => (typeof segment === 'object' ? segment.key : segment));
  if (keys === undefined) return [{ path: nameOf(segments, source), message }];
  return keys.map((key) => ({ path: nameOf([...segments, key], source), message: 'is not known here' }));
}

/** RFC 6901 for what is in the body. */
function nameOf(segments: readonly PropertyKey[], source: Source): string {
  if (source !== 'body') return segments.map(String).join('.');
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
