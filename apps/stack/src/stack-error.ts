export type StackErrorCode = 'app_not_ready' | 'data_folder_in_use' | 'port_taken';

/** Why the stack can't run: the message is for the person who typed `npm start`. */
export class StackError extends Error {
  override readonly name = 'StackError';

  constructor(
    readonly code: StackErrorCode,
    message: string,
  ) {
    super(message);
  }
}
