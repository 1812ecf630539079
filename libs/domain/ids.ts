import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/**
 * A public id is a prefix and the hex digits of a UUID (`evt_0192…`). Inside, and in Postgres, an id is the plain UUID.
 * The id of an event is a UUIDv7: its first 48 bits are the time of minting in milliseconds, which decides the partition.
 * Ids do not give the order of acceptance, because clocks differ between gateways.
 */
export type IdPrefix = 'evt' | 'ep' | 'rpl' | 'ord' | 'key' | 'src';

export const NIL_ID = '00000000-0000-0000-0000-000000000000';

const HEX32 = /^[0-9a-f]{32}$/;

const ID_BYTES = 16;
/** Random bytes for 256 ids at once: drawn for each id, they took a twelfth of the gateway's time for an event. */
const entropy = new Uint8Array(256 * ID_BYTES);
let drawnBytes = entropy.length;

let lastMs = 0;
let sequence = 0;

/** A new UUIDv7. Ids of one process ascend, so that an index grows at its end and lists are in order. */
export function mintId(): string {
  if (drawnBytes === entropy.length) {
    randomFillSync(entropy);
    drawnBytes = 0;
  }
  const random = entropy.subarray(drawnBytes, (drawnBytes += ID_BYTES));
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = 0;
  } else sequence += 1;
  return v7({ random, msecs: lastMs, seq: sequence });
}

/** `evt` and a UUID → `evt_<32 hex digits>`. */
export function toPublicId(prefix: IdPrefix, uuid: string): string {
  return `${prefix}_${uuid.replaceAll('-', '')}`;
}

/** The UUID of a public id, or undefined when the text is not an id with this prefix. */
export function parsePublicId(prefix: IdPrefix, id: string): string | undefined {
  if (!id.startsWith(`${prefix}_`)) return undefined;
  return dashed(id.slice(prefix.length + 1));
}

/** The primary key of a delivery: an event for an endpoint, for the first time (replay 0) or as its n-th replay. */
export interface DeliveryKey {
  readonly eventId: string;
  /** The endpoint's internal key in Postgres. */
  readonly endpoint: number;
  readonly replay: number;
}

/**
 * `dlv_` + event (32 hex digits) + endpoint (8) + replay (4). The id encodes the primary key, so it needs no column, index
 * or look-up, and is the same on every attempt.
 */
export function deliveryId(key: DeliveryKey): string {
  return `dlv_${key.eventId.replaceAll('-', '')}${hex(key.endpoint, 8)}${hex(key.replay, 4)}`;
}

/** The key in a delivery's id, or undefined when the text is not such an id. */
export function parseDeliveryId(id: string): DeliveryKey | undefined {
  const match = /^dlv_([0-9a-f]{32})([0-7][0-9a-f]{7})([0-9a-f]{4})$/.exec(id);
  if (match === null) return undefined;
  const [, event = '', endpoint = '', replay = ''] = match;
  const eventId = dashed(event);
  if (eventId === undefined) return undefined;
  return { eventId, endpoint: parseInt(endpoint, 16), replay: parseInt(replay, 16) };
}

/** When a UUIDv7 was minted, in milliseconds since 1970 (RFC 9562, 5.7). */
export function mintedAtMs(uuid: string): number {
  return parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

/**
 * The lowest and the highest id. With these bounds in a statement Postgres skips the partitions of all other days at its
 * start, instead of opening each of them.
 */
export function idBounds(ids: readonly string[]): { firstId: string; lastId: string } {
  let [firstId = NIL_ID, lastId = NIL_ID] = [ids[0], ids[0]];
  for (const id of ids) {
    if (id < firstId) firstId = id;
    if (id > lastId) lastId = id;
  }
  return { firstId, lastId };
}

function dashed(hex32: string): string | undefined {
  if (!HEX32.test(hex32)) return undefined;
  return `${hex32.slice(0, 8)}-${hex32.slice(8, 12)}-${hex32.slice(12, 16)}-${hex32.slice(16, 20)}-${hex32.slice(20)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
