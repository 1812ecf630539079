import type { AdmittedDelivery } from '#flow/admission/admission.repository';
import { deliveryItem, type DeliveryItem } from './delivery-item.js';
import type { LaneName } from '#domain/lane-name';
import { type LaneRecord, type ShardLanes, stopOf } from './shard-lanes.js';

/** What an admission's deliveries go into their lanes with. */
export interface IntakeSource {
  readonly lanes: ShardLanes;
  /** Payloads by event, as the records had them; an event admitted straight from Postgres has none here. */
  readonly payloads: ReadonlyMap<string, { readonly payload: Buffer }>;
}

/** Who runs the lanes. */
export interface LaneListener {
  /** The lane has something to do now. */
  ready(record: LaneRecord): void;
  /** It has more to do. */
  followed(record: LaneRecord): void;
}

/** Puts admitted deliveries into their lanes, in the order of admission. */
export function intake({ lanes, payloads }: IntakeSource, deliveries: readonly AdmittedDelivery[], listener: LaneListener): void {
  if (lanes.dropped) return;
  for (const delivery of deliveries) {
    const record = recordFor(lanes, delivery, listener);
    if (record === undefined) {
      lanes.miss();
      continue;
    }
    const sequence = delivery.place?.sequence ?? 1;
    const wasIdle = record.lane.phase === 'idle';
    const becameReady = record.lane.admit(sequence, itemOf(delivery, sequence, payloads.get(delivery.eventId)?.payload));
    if (wasIdle) lanes.revive(record);
    if (becameReady) listener.ready(record);
    else listener.followed(record);
  }
}

/** The delivery's lane, or undefined when it is only in Postgres, where its turn will come. */
function recordFor(lanes: ShardLanes, delivery: AdmittedDelivery, listener: LaneListener): LaneRecord | undefined {
  const { place, eventId, endpoint } = delivery;
  const name: LaneName = place === undefined ? { kind: 'single', delivery: { eventId, endpoint, replay: 0 } } : { kind: 'lane', lane: place.lane };
  const known = lanes.find(name);
  if (known !== undefined) return known;
  // Not all lanes with something pending are here: this may not be its lane's head, unless all before it is closed.
  const isHead = place === undefined || (place.sequence === place.closedSequence + 1 && place.replays === 0);
  if (!isHead && (!lanes.complete || place.replays > 0)) return undefined;
  const closedSequence = place?.closedSequence ?? 0;
  const tailSequence = Math.max(closedSequence, (place?.sequence ?? 1) - 1);
  const record = lanes.add(name, endpoint, { headSequence: closedSequence + 1, tailSequence, deliveredSequence: place?.deliveredSequence ?? 0, attempts: 0 });
  if (record === undefined) return undefined;
  lanes.stop(record, stopOf(place?.paused === true, place?.halted === true));
  if (record.lane.phase === 'ready') listener.ready(record);
  return record;
}

function itemOf(delivery: AdmittedDelivery, sequence: number, payload: Buffer | undefined): DeliveryItem | undefined {
  if (payload === undefined) return undefined;
  const { eventId, endpoint, tenant, entity, type, contentType, traceparent } = delivery;
  return deliveryItem({
    sequence, key: { eventId, endpoint, replay: 0 }, tenant, entity, type, contentType, traceparent, payload,
    attempts: 0, replayedAttempts: 0, dueAtMs: -Infinity,
  });
}
