export type StackErrorCode = 'app_not_ready' | 'data_folder_in_use' | 'port_taken';

/** The reason why the stack cannot run. The message says what to do. */
export class StackError extends Error {
  override readonly name = 'StackError';

  constructor(
    readonly code: StackErrorCode,
    message: string,
  ) {
    super(message);
  }
}
