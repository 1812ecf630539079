import { type ArgumentMetadata, type PipeTransform, StandardSchemaValidationPipe } from '@nestjs/common';
import { LockstepError, type ProblemDetail } from '#domain/problem';

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * Checks what a route gets against its zod schema (`@Body({ schema })`, `@Query({ schema })`), and parses the body,
 * which arrives as bytes: the ingest route needs them unchanged.
 * @throws LockstepError invalid_request with a JSON pointer for each thing that is wrong
 */
export class SchemaPipe implements PipeTransform {
  private readonly validation = new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues) });

  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return this.validation.transform(metadata.type === 'body' ? parseJson(value) : value, metadata);
  }
}

function parseJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) throw new LockstepError('invalid_request', 'The body must be a JSON object');
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (cause) {
    throw new LockstepError('invalid_request', `The body is not valid JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

function invalidRequest(issues: readonly Issue[]): LockstepError {
  const errors = issues.map(({ message, path = [] }): ProblemDetail => ({ path: pointerOf(path), message }));
  return new LockstepError('invalid_request', errors.map(({ path, message }) => `${path} ${message}`.trim()).join('; '), { errors });
}

/** RFC 6901. */
function pointerOf(path: NonNullable<Issue['path']>): string {
  const keys = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  return keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
