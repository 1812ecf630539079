/** Every error that a client can see: its HTTP status, its title, and whether the same request may succeed later. */
const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not valid', retriable: false },
  invalid_idempotency_key: { status: 400, title: 'The idempotency key is not valid', retriable: false },
  idempotency_key_required: { status: 400, title: 'This request needs an idempotency key', retriable: false },
  destination_not_allowed: { status: 400, title: 'Deliveries may not go to this address', retriable: false },
  unknown_event_type: { status: 400, title: 'The tenant accepts no events of this type', retriable: false },
  schema_mismatch: { status: 400, title: 'The body does not fit the schema of its event type', retriable: false },
  unauthenticated: { status: 401, title: 'No valid API key was given', retriable: false },
  invalid_signature: { status: 401, title: 'The signature does not match', retriable: false },
  forbidden: { status: 403, title: 'This is not allowed', retriable: false },
  not_found: { status: 404, title: 'There is no such resource', retriable: false },
  method_not_allowed: { status: 405, title: 'The resource does not support this method', retriable: false },
  request_timeout: { status: 408, title: 'The request did not arrive in time', retriable: true },
  conflict: { status: 409, title: 'The request conflicts with the current state', retriable: false },
  request_in_progress: { status: 409, title: 'A request with this idempotency key is in progress', retriable: true },
  request_indeterminate: { status: 409, title: 'Whether this request was carried out is not known', retriable: false },
  response_not_kept: { status: 409, title: 'The request was carried out, and its response was too large to keep', retriable: false },
  sequence_regressed: { status: 409, title: 'A later event of this entity has arrived already', retriable: false },
  payload_too_large: { status: 413, title: 'The body is too large', retriable: false },
  unsupported_media_type: { status: 415, title: 'The content type is not supported', retriable: false },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used with another request', retriable: false },
  rate_limited: { status: 429, title: 'Too many requests', retriable: true },
  headers_too_large: { status: 431, title: 'The request line and headers are too large', retriable: false },
  internal: { status: 500, title: 'Something went wrong on our side', retriable: false },
  upstream_unavailable: { status: 502, title: 'The backend cannot be reached', retriable: true },
  upstream_interrupted: { status: 502, title: 'The backend did not answer to the end', retriable: false },
  upstream_timeout: { status: 504, title: 'The backend did not answer in time', retriable: false },
  overloaded: { status: 503, title: 'Too many requests are waiting', retriable: true },
  source_unavailable: { status: 503, title: 'The source takes nothing now', retriable: true },
  store_unavailable: { status: 503, title: 'The event store does not answer', retriable: true },
} as const;

export type ErrorCode = keyof typeof PROBLEMS;

export const ERROR_CODES = Object.keys(PROBLEMS) as readonly ErrorCode[];

/** Whether a text is the code of an error that a client can see. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(PROBLEMS, text);
}

/** One fault of the request; `path` is a JSON pointer (RFC 6901) into the body, or a header or query name. */
export interface ProblemDetail {
  readonly path: string;
  readonly message: string;
}

/** An RFC 9457 problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors: readonly ProblemDetail[];
  /** Further members (RFC 9457, 3.2). */
  readonly [extension: string]: unknown;
}

/** An error that a client may see. `code` decides status and title; `message` says what is wrong and what to do. */
export class LockstepError extends Error {
  override readonly name = 'LockstepError';
  readonly errors: readonly ProblemDetail[];
  readonly retryAfterSeconds: number | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown; errors?: readonly ProblemDetail[]; retryAfterSeconds?: number; extensions?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.extensions = options.extensions ?? {};
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  get retriable(): boolean {
    return PROBLEMS[this.code].retriable;
  }

  toProblem(): Problem {
    const { status, title } = PROBLEMS[this.code];
    return { ...this.extensions, type: `urn:lockstep:problem:${this.code}`, title, status, code: this.code, detail: this.message, errors: this.errors };
  }
}
