/** An error's code and text, such as `ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:9`, in at most 500 characters. */
export function failureText(error: Error): string {
  const { code } = error as { code?: unknown };
  // One error for each address of a name; together they have no text.
  const message = error instanceof AggregateError ? error.errors.map((each) => (each as Error).message).join('; ') : error.message;
  return (typeof code === 'string' ? `${code}: ${message}` : message).replaceAll('\0', '').slice(0, 500);
}
