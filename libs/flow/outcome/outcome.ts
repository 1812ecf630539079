import type { AttemptResult, Disposition } from '#domain/disposition';
import type { DeliveryKey } from '#domain/ids';
import type { OpenSpan } from '#ground/tracing/span';

/** The result of an attempt, to be committed. */
export interface Outcome {
  readonly shard: number;
  readonly epoch: number;
  readonly key: DeliveryKey;
  /** The attempt's number, from 1. */
  readonly attempt: number;
  readonly result: AttemptResult;
  readonly disposition: Disposition;
  /** Of the payload, of which a dead letter's record has a copy. */
  readonly copiedBytes?: number;
  /** Whether the lane halts at this dead letter until an operator acts. */
  readonly halts: boolean;
  /** Topic of the retry token, without the prefix. Undefined if a timer wakes the head, or no retry follows. */
  readonly tokenTopic: string | undefined;
  /** Of the attempt, if the event is recorded. */
  readonly span?: OpenSpan | undefined;
}

export type OutcomeVerdict =
  | 'applied'
  /** The same outcome was committed before; its acknowledgement was lost. */
  | 'already'
  /** The shard has another owner. */
  | 'fenced'
  /** The delivery has moved on since the attempt began: the lane must be reloaded. */
  | 'superseded';
