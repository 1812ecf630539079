import type { DeliveryKey } from '#domain/ids';
import type { LanePosition } from '#domain/lane';
import type { Database } from '#postgres/pool';
import { deliveryItem, type DeliveryItem } from './delivery-item.js';
import { discardEndpoint } from './discard-endpoint.queries.js';
import type { LaneName } from './lane-name.js';
import { type LaneRecord, type LaneStop, stopOf } from './shard-lanes.js';
import { loadDeliveries, type ILoadDeliveriesResult } from './load-deliveries.queries.js';
import { loadLanes, type ILoadLanesResult } from './load-lanes.queries.js';
import { loadLanesById } from './load-lanes-by-id.queries.js';
import { loadUnordered } from './load-unordered.queries.js';
import { loadWindows } from './load-windows.queries.js';

/** A lane with something pending, as Postgres has it. */
export interface PendingLane {
  readonly name: LaneName;
  readonly endpoint: number;
  readonly position: LanePosition;
  /** Milliseconds until the head is due; undefined: at once. */
  readonly dueInMs: number | undefined;
  readonly stopped: LaneStop | undefined;
}

// Enough to keep a fast lane busy during the next load, little enough for a thousand lanes at once.
const WINDOW = 16;

const SINGLE: LanePosition = { headSequence: 1, tailSequence: 1, deliveredSequence: 0, attempts: 0 };

/** The lanes in Postgres. */
export class LanesRepository {
  constructor(private readonly database: Database) {}

  /** A page of the shard's lanes with something pending, ascending from above `after` on, without those of some endpoints. */
  async pendingLanes(shard: number, after: number, limit: number, leftOut: readonly number[]): Promise<PendingLane[]> {
    return (await loadLanes.run({ shard, after, limit, leftOut: [...leftOut] }, this.database)).map(pendingLaneOf);
  }

  /** Each of the given lanes, in their order; undefined for one with nothing pending. */
  async findLanes(wanted: readonly { readonly shard: number; readonly lane: number }[]): Promise<(PendingLane | undefined)[]> {
    const rows = await loadLanesById.run({ shards: wanted.map(({ shard }) => shard), lanes: wanted.map(({ lane }) => lane) }, this.database);
    const found = new Map(rows.map((row) => [row.lane, pendingLaneOf(row)]));
    return wanted.map(({ lane }) => found.get(lane));
  }

  /** A page of the shard's pending deliveries without a lane, ascending from above `after` on, without those of some endpoints. */
  async pendingSingles(shard: number, after: DeliveryKey, limit: number, leftOut: readonly number[]): Promise<(PendingLane & { delivery: DeliveryKey })[]> {
    const { eventId, endpoint, replay } = after;
    const rows = await loadUnordered.run({ shard, afterEvent: eventId, afterEndpoint: endpoint, afterReplay: replay, limit, leftOut: [...leftOut] }, this.database);
    return rows.map((row) => {
      const delivery = { eventId: row.eventId, endpoint: row.endpoint, replay: row.replay };
      return {
        name: { kind: 'single', delivery },
        delivery,
        endpoint: row.endpoint,
        position: { ...SINGLE, attempts: row.attempts },
        dueInMs: row.dueInMs ?? undefined,
        stopped: undefined,
      };
    });
  }

  /** For each record the next pending deliveries from its head on; none when Postgres has none there. */
  async windows(records: readonly LaneRecord[]): Promise<DeliveryItem[][]> {
    const laned = records.flatMap(({ name, lane, shard }) => (name.kind === 'lane' ? [{ lane: name.lane, from: lane.headSequence, shard: shard.shard }] : []));
    const singles = records.flatMap(({ name }) => (name.kind === 'single' ? [name.delivery] : []));
    const byLane = new Map<number, DeliveryItem[]>();
    if (laned.length > 0) {
      const rows = await loadWindows.run(
        { shards: laned.map(({ shard }) => shard), lanes: laned.map(({ lane }) => lane), fromSequences: laned.map(({ from }) => from), window: WINDOW },
        this.database,
      );
      for (const { lane, sequence, ...row } of rows) {
        if (lane === null || sequence === null) continue;
        const item = itemOf(row, sequence);
        const window = byLane.get(lane);
        if (window === undefined) byLane.set(lane, [item]);
        else window.push(item);
      }
    }
    const byDelivery = new Map<string, DeliveryItem>();
    if (singles.length > 0) {
      const rows = await loadDeliveries.run(
        { eventIds: singles.map(({ eventId }) => eventId), endpoints: singles.map(({ endpoint }) => endpoint), replays: singles.map(({ replay }) => replay) },
        this.database,
      );
      for (const row of rows) byDelivery.set(`${row.eventId}/${row.endpoint}/${row.replay}`, itemOf(row, 1));
    }
    return records.map(({ name }) => {
      if (name.kind === 'lane') return byLane.get(name.lane) ?? [];
      const item = byDelivery.get(`${name.delivery.eventId}/${name.delivery.endpoint}/${name.delivery.replay}`);
      return item === undefined ? [] : [item];
    });
  }

  /** Discards up to `limit` pending deliveries of a deleted endpoint. */
  async discardEndpoint(shard: number, epoch: number, endpoint: number, limit: number): Promise<{ held: boolean; discarded: number }> {
    const [row] = await discardEndpoint.run({ shard, epoch, endpoint, limit }, this.database);
    return { held: row?.held ?? false, discarded: row?.discarded ?? 0 };
  }
}

function pendingLaneOf(row: ILoadLanesResult): PendingLane {
  return {
    name: { kind: 'lane', lane: row.lane },
    endpoint: row.endpoint,
    position: row,
    dueInMs: row.dueInMs ?? undefined,
    stopped: stopOf(row.paused, row.halted === true),
  };
}

function itemOf(row: ILoadDeliveriesResult, sequence: number): DeliveryItem {
  const { eventId, endpoint, replay, tenant, entity, type, contentType, traceparent, payload, attempts, replayedAttempts, dueInMs } = row;
  return deliveryItem({
    sequence, key: { eventId, endpoint, replay }, tenant, entity, type, contentType, traceparent, payload,
    attempts, replayedAttempts, dueAtMs: dueInMs === null ? -Infinity : performance.now() + dueInMs,
  });
}
