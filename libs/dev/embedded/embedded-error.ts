export type EmbeddedErrorCode =
  | 'data_folder_in_use'
  | 'java_missing'
  | 'kafka_fetch_failed'
  | 'kafka_start_failed'
  | 'maven_missing'
  | 'platform_unsupported'
  | 'postgres_start_failed';

/** The reason why an embedded server cannot run. The message is one sentence that says what to do. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';

  constructor(
    readonly code: EmbeddedErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
