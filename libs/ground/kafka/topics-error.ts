/** Lockstep can't work with the topics as they are. */
export class TopicsError extends Error {
  override readonly name = 'TopicsError';
  readonly code = 'topics_unsuitable';
  /** Whether the topics may become right without a change of theirs or of our configuration that only a person makes. */
  readonly retriable: boolean;

  constructor(message: string, { retriable, cause }: { readonly retriable: boolean; readonly cause?: unknown }) {
    super(message, { cause });
    this.retriable = retriable;
  }
}
