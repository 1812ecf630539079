/** Reasons why a process can't start. `retriable`: it may pass without an operator's action. */
const START_ERRORS = {
  /** The environment: a bad, missing or unknown variable. */
  invalid_configuration: { retriable: false },
  /** The database was migrated by a later release. */
  schema_too_new: { retriable: false },
  /** KAFKA_PARTITIONS differs from the number of shards that the database was set up with. */
  shards_changed: { retriable: false },
  /** Postgres has a setting that Lockstep cannot work with and cannot change. */
  postgres_unsuitable: { retriable: false },
  /** Postgres takes no writes yet. */
  postgres_standby: { retriable: true },
  /** Topics have another number of partitions, or a size limit that is too low. */
  topics_unsuitable: { retriable: false },
  /** Kafka lacks topics that Lockstep may not create. */
  topics_missing: { retriable: true },
  /** Partitions have no leader yet. */
  topics_leaderless: { retriable: true },
} as const;

export type StartErrorCode = keyof typeof START_ERRORS;

/** A process can't start. The message tells the operator what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';

  constructor(
    readonly code: StartErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get retriable(): boolean {
    return START_ERRORS[this.code].retriable;
  }
}
