import type { Source } from '../source.js';

/** An enabled source with `provider: "kafka"`. */
export interface KafkaSource extends Omit<Source, 'secrets' | 'hasUnreadableSecret' | 'isEnabled'> {
  /** Changes with the source, and with its tenant. */
  readonly version: string;
  /** Its newest secret, as it is stored: the password of a cluster of others. */
  readonly sealedPassword: Buffer | undefined;
}

/** The source has been changed, disabled or deleted, or its tenant has. */
export class SourceChangedError extends Error {
  override readonly name = 'SourceChangedError';

  constructor() {
    super('The source was changed while it was read');
  }
}
