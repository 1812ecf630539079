import type { AttemptResult, Disposition } from '#domain/disposition';
import type { DeliveryKey } from '#domain/ids';

/** An attempt that has ended, and what follows from it. */
export interface Outcome {
  readonly shard: number;
  readonly epoch: number;
  readonly key: DeliveryKey;
  /** The attempt's number, from 1. */
  readonly attempt: number;
  readonly result: AttemptResult;
  readonly disposition: Disposition;
  /** Whether the lane stops at this dead letter until an operator decides. */
  readonly halts: boolean;
  /** Topic of the retry token, without the prefix; undefined when a timer does. */
  readonly tokenTopic: string | undefined;
}

export type OutcomeVerdict =
  | 'applied'
  /** This very outcome was committed before, and its acknowledgement lost. */
  | 'already'
  /** The shard has another owner. */
  | 'fenced'
  /** The delivery is not where the attempt started from: the lane is to be loaded anew. */
  | 'superseded';
