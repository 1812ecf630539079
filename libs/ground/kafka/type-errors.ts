/** A mistake in code, kafkajs' or ours. kafkajs ends a consumer for good when its loop throws one. */
export function isTypeError(error: unknown): error is TypeError | RangeError {
  return error instanceof TypeError || error instanceof RangeError;
}

/** Whether a type error is behind this one, however deep kafkajs has wrapped it. A retry would meet it again. */
export function isCausedByTypeError(error: Error): boolean {
  return (error.cause instanceof Error && isCausedByTypeError(error.cause)) || isTypeError(error);
}
