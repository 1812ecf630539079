export type HttpClientErrorCode =
  /** The request was not sent, because HTTP can't express it. */
  | 'INVALID_REQUEST'
  /** The request was not sent, because by then it was not to be. */
  | 'NOT_SENT'
  /** No connection came about in time. */
  | 'ETIMEDOUT'
  /** The connection was closed before the response began. */
  | 'ECONNRESET'
  /** The connection was closed before the response's end. */
  | 'RESPONSE_CUT_OFF'
  /** The bytes are no HTTP response, or its end can't be found. */
  | 'RESPONSE_UNREADABLE'
  /** The response is longer than is read. */
  | 'RESPONSE_TOO_LONG'
  /** The body's stream failed before its end. */
  | 'REQUEST_CUT_OFF'
  /** The pool was destroyed. */
  | 'CLIENT_STOPPED';

/** Why an exchange failed. Errors of the operating system and of TLS are passed on as they are. */
export class HttpClientError extends Error {
  override readonly name = 'HttpClientError';

  constructor(
    readonly code: HttpClientErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
