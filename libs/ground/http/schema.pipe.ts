import { type ArgumentMetadata, Injectable, type PipeTransform, StandardSchemaValidationPipe } from '@nestjs/common';
import { LockstepError, type ProblemDetail } from '#domain/problem';
import { parseJsonBody } from './json-body.js';

/** A fault, as zod tells it. */
export interface Issue {
  readonly message: string;
  /** Of zod's `unrecognized_keys`, which points at the object instead. */
  readonly keys?: readonly string[];
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

type Source = ArgumentMetadata['type'];

/**
 * Checks a route's parameters against their zod schemas (`@Body({ schema })`, `@Query({ schema })`). Parses the body,
 * which arrives as bytes because the ingest route stores them unchanged.
 * @throws LockstepError invalid_request with a path for each problem: a JSON pointer, or a query parameter's name
 */
@Injectable()
export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const validation = new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues, metadata.type) });
    return validation.transform(metadata.type === 'body' ? parseJson(value) : value, metadata);
  }
}

/** No settings are this deep. Checking and storing them recurses, so the depth needs a limit. */
const MAX_DEPTH = 64;

/** Undefined without a body, which some schemas allow. */
function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined;
  const value = parseJsonBody(body);
  if (isDeeperThan(value, MAX_DEPTH)) throw new LockstepError('invalid_request', `The body is nested deeper than ${MAX_DEPTH} levels`);
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

/** The error for a body that its schema does not tell everything about. */
export function invalidBody(issues: readonly Issue[]): LockstepError {
  return invalidRequest(issues, 'body');
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

/** For the body a JSON pointer (RFC 6901). */
function nameOf(segments: readonly PropertyKey[], source: Source): string {
  if (source !== 'body') return segments.map(String).join('.');
  return segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
