/** The code of a system error, such as ENOENT. Does not use instanceof, because jest's errors come from another realm. */
export function systemErrorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
