/** What is wrong with a schema itself. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';

  /** @param path a JSON pointer (RFC 6901) into the schema */
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

/** The JSON pointer to a member of what `path` points to. */
export function pointerTo(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
