import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError } from '#domain/problem';
import { isTypeError } from '#ground/kafka/type-errors';
import { failureOf } from '#ground/postgres/sql-errors';
import type { Logger } from '#ground/telemetry/logger';

const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

/** Repeats the work of a session while Postgres does not answer. */
export class PostgresRetries {
  /** @param ending aborted when the session ends */
  constructor(
    private readonly logger: Logger,
    private readonly ending: AbortSignal,
  ) {}

  /**
   * @param isFinal errors after which the same work is not to be repeated
   * @throws what the work throws, unless it may pass; AbortError when the session ends
   */
  async run<T>(work: () => Promise<T>, isFinal: (error: unknown) => boolean = () => false): Promise<T> {
    for (let waitMs = MIN_RETRY_MS; ; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      try {
        return await work();
      } catch (error) {
        if (isFinal(error) || !isPassing(error)) throw error;
        this.logger.debug({ err: error }, 'Records of a source wait for Postgres; retrying');
        await delay(waitMs, undefined, { signal: this.ending });
      }
    }
  }
}

/** Whether the work may succeed once Postgres answers again. */
export function isPassing(error: unknown): boolean {
  if (error instanceof LockstepError) return error.retriable;
  // Errors of kafkajs say nothing about Postgres.
  return !(error instanceof Error && error.name.startsWith('KafkaJS')) && !isTypeError(error) && ['unavailable', 'conflict'].includes(failureOf(error));
}
