import type { EventAttributes } from '#domain/event-attributes';

/** A delivery that an admission made. */
export interface AdmittedDelivery {
  readonly eventId: string;
  readonly endpoint: number;
  readonly tenant: string;
  readonly entity: string;
  readonly type: string;
  /** Null for an event that was posted to the API. */
  readonly source: string | null;
  readonly contentType: string;
  readonly traceparent: string | null;
  readonly attributes: EventAttributes | null;
  /** Undefined for an endpoint with ordering "none". */
  readonly place: LanePlace | undefined;
}

/** A delivery's place in its lane, and the lane's state when the delivery was admitted. */
export interface LanePlace {
  readonly lane: number;
  readonly sequence: number;
  readonly closedSequence: number;
  readonly deliveredSequence: number;
  /** Dead letters that are being replayed: they go first. */
  readonly replays: number;
  readonly paused: boolean;
  readonly halted: boolean;
}
