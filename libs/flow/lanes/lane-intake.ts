import { Injectable } from '@nestjs/common';
import type { LaneName } from '#domain/lane-name';
import type { AdmittedDelivery } from './admitted-delivery.js';
import { deliveryItem, type DeliveryItem } from './delivery-item.js';
import { stopOf } from './lane-stop.js';
import type { LaneRecord, ShardLanes } from './shard-lanes.js';

/** Payloads by event, as the records had them; an event admitted straight from Postgres has none here. */
export type Payloads = ReadonlyMap<string, { readonly payload: Buffer }>;

/** What hears of lanes that an admission has changed. */
export abstract class LaneListener {
  /** The lane has something to do now. */
  abstract ready(record: LaneRecord): void;
  /** The lane has more to do behind its head. */
  abstract followed(record: LaneRecord): void;
}

/** Puts admitted deliveries into their lanes. */
@Injectable()
export class LaneIntake {
  constructor(private readonly listener: LaneListener) {}

  /** @param deliveries one admission's, in its order; admissions come in the order of their commits */
  take(lanes: ShardLanes, deliveries: readonly AdmittedDelivery[], payloads: Payloads): void {
    if (lanes.lease.isLost) return;
    for (const delivery of deliveries) {
      const record = this.recordFor(lanes, delivery);
      if (record === undefined) {
        lanes.coverage.onNotTaken(delivery.endpoint);
        continue;
      }
      const sequence = delivery.place?.sequence ?? 1;
      const wasIdle = record.lane.phase === 'idle';
      const becameReady = record.lane.admit(sequence, itemOf(delivery, sequence, payloads.get(delivery.eventId)?.payload));
      if (wasIdle) lanes.revive(record);
      if (becameReady) this.listener.ready(record);
      else this.listener.followed(record);
    }
  }

  /** The delivery's lane; undefined when the delivery stays in Postgres until a scan loads it. */
  private recordFor(lanes: ShardLanes, delivery: AdmittedDelivery): LaneRecord | undefined {
    const { place, eventId, endpoint } = delivery;
    const name: LaneName = place === undefined ? { kind: 'unordered', delivery: { eventId, endpoint, replay: 0 } } : { kind: 'lane', lane: place.lane };
    const known = lanes.find(name);
    if (known !== undefined) return known;
    // The lane may have pending deliveries that are not in memory, unless the shard is complete (ShardCoverage, 1).
    const isHead = place === undefined || (place.sequence === place.closedSequence + 1 && place.replays === 0);
    if (!isHead && (!lanes.coverage.isComplete || place.replays > 0)) return undefined;
    const closedSequence = place?.closedSequence ?? 0;
    const tailSequence = Math.max(closedSequence, (place?.sequence ?? 1) - 1);
    const record = lanes.add(name, endpoint, { headSequence: closedSequence + 1, tailSequence, deliveredSequence: place?.deliveredSequence ?? 0, attempts: 0 });
    if (record === undefined) return undefined;
    lanes.stop(record, stopOf(place?.paused === true, place?.halted === true));
    if (record.lane.phase === 'ready') this.listener.ready(record);
    return record;
  }
}

function itemOf(delivery: AdmittedDelivery, sequence: number, payload: Buffer | undefined): DeliveryItem | undefined {
  if (payload === undefined) return undefined;
  const { eventId, endpoint, tenant, entity, type, source, contentType, traceparent, attributes } = delivery;
  return deliveryItem({
    sequence, key: { eventId, endpoint, replay: 0 }, tenant, entity, type, source, contentType, traceparent, attributes, payload,
    attempts: 0, replayedAttempts: 0, dueAtMs: -Infinity,
  });
}
