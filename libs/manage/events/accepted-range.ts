import { type DeliveryKey, NIL_ID } from '#domain/ids';

/** Events accepted at or after `from` and before `to`; undefined is no bound. */
export interface AcceptedRange {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/** Largest difference between the clocks of gateways (ids) and database (`accepted_at`) that the filters allow for. */
const CLOCK_SKEW_MS = 3_600_000;
const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Bounds of the ids that events of the range can have: `firstId` included, `endId` excluded. With them a statement reads
 * only a part of the tables. The time of acceptance must still be compared, because ids have a gateway's time.
 */
export function idsIn({ from, to }: AcceptedRange): { readonly firstId: string; readonly endId: string } {
  return {
    firstId: from === undefined ? NIL_ID : uuidFloor(from.getTime() - CLOCK_SKEW_MS),
    endId: to === undefined ? HIGHEST_ID : uuidFloor(to.getTime() + CLOCK_SKEW_MS),
  };
}

/**
 * The bounds of a page of deliveries, newest event first: only keys below (`belowEvent`, `belowEndpoint`, `belowReplay`),
 * of events from `firstId` on.
 * @param after the key of the last delivery of the page before
 */
export function deliveryBoundsOf(range: AcceptedRange, after: DeliveryKey | undefined) {
  const { firstId, endId } = idsIn(range);
  // For lower-case UUIDs the order of texts is Postgres' order of uuids.
  const below = after !== undefined && after.eventId < endId ? after : { eventId: endId, endpoint: 0, replay: 0 };
  return { firstId, belowEvent: below.eventId, belowEndpoint: below.endpoint, belowReplay: below.replay };
}

/** The smallest UUIDv7 of a moment, as `uuid_floor` in the schema. */
function uuidFloor(timeMs: number): string {
  const hex = Math.max(timeMs, 0).toString(16).padStart(12, '0');
  return hex.length > 12 ? HIGHEST_ID : `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
