import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { EventAttributes } from '#domain/event-attributes';
import type { DeliveryKey } from '#domain/ids';
import type { LanePosition } from '#domain/lane';
import type { Database } from '#ground/postgres/pool';
import { deliveryItem, type DeliveryItem } from './delivery-item.js';
import { discardEndpoint } from './discard-endpoint.queries.js';
import type { LaneName } from '#domain/lane-name';
import type { LaneRecord } from './shard-lanes.js';
import { type LaneStop, stopOf } from './lane-stop.js';
import { loadDeliveries, type ILoadDeliveriesResult } from './load-deliveries.queries.js';
import { loadLanes, type ILoadLanesResult } from './load-lanes.queries.js';
import { loadLanesById } from './load-lanes-by-id.queries.js';
import { loadUnordered } from './load-unordered.queries.js';
import { loadWindows } from './load-windows.queries.js';

/** A lane with a pending delivery, as Postgres has it. */
export interface PendingLane {
  readonly name: LaneName;
  readonly endpoint: number;
  /** The endpoint's version in the snapshot of the read. */
  readonly endpointVersion: number;
  readonly position: LanePosition;
  /** Milliseconds until the head is due; undefined: at once. */
  readonly dueInMs: number | undefined;
  readonly stopped: LaneStop | undefined;
}

// Keeps a fast lane busy during the next load, and is small enough for a thousand lanes at once.
const WINDOW = 16;
// Fewer of large events: memory keeps what follows a head only while the budget of all windows allows it.
const LANE_BYTES = 65_536;
// One statement's payloads, give or take one; they travel as hex, twice as long. After a takeover all lanes ask for their
// windows at once: without a bound that exceeded the process's memory and the statement's time limit.
const STATEMENT_BYTES = 4 * 1_048_576;

const UNORDERED: LanePosition = { headSequence: 1, tailSequence: 1, deliveredSequence: 0, attempts: 0 };

/** The lanes in Postgres. */
@Injectable()
export class LanesRepository {
  constructor(@InjectDatabase('lanes') private readonly database: Database) {}

  /** A page of the shard's lanes with pending deliveries, ascending, above `after`; without those of `leftOut` endpoints. */
  async pendingLanes(shard: number, after: number, limit: number, leftOut: readonly number[]): Promise<PendingLane[]> {
    return (await loadLanes.run({ shard, after, limit, leftOut: [...leftOut] }, this.database)).map(pendingLaneOf);
  }

  /** The given lanes, in their order; undefined for a lane without a pending delivery. */
  async findLanes(wanted: readonly { readonly shard: number; readonly lane: number }[]): Promise<(PendingLane | undefined)[]> {
    const rows = await loadLanesById.run({ shards: wanted.map(({ shard }) => shard), lanes: wanted.map(({ lane }) => lane) }, this.database);
    const found = new Map(rows.map((row) => [row.lane, pendingLaneOf(row)]));
    return wanted.map(({ lane }) => found.get(lane));
  }

  /** A page of the shard's pending unordered deliveries, ascending, above `after`; without those of `leftOut` endpoints. */
  async pendingUnordered(shard: number, after: DeliveryKey, limit: number, leftOut: readonly number[]): Promise<(PendingLane & { delivery: DeliveryKey })[]> {
    const { eventId, endpoint, replay } = after;
    const rows = await loadUnordered.run({ shard, afterEvent: eventId, afterEndpoint: endpoint, afterReplay: replay, limit, leftOut: [...leftOut] }, this.database);
    return rows.map((row) => {
      const delivery = { eventId: row.eventId, endpoint: row.endpoint, replay: row.replay };
      return {
        name: { kind: 'unordered', delivery },
        delivery,
        endpoint: row.endpoint,
        endpointVersion: row.endpointVersion,
        position: { ...UNORDERED, attempts: row.attempts },
        dueInMs: row.dueInMs ?? undefined,
        stopped: undefined,
      };
    });
  }

  /**
   * For each record the next pending deliveries from its head on; none when Postgres has none there. The bytes of one
   * answer are bounded.
   * @returns undefined for a record that did not fit and is to be asked for again; at least the first one fits
   */
  async windows(records: readonly LaneRecord[]): Promise<(DeliveryItem[] | undefined)[]> {
    const laned = records.flatMap(({ name, lane, shard }) => (name.kind === 'lane' ? [{ lane: name.lane, from: lane.headSequence, shard: shard.shard }] : []));
    const unordered = records.flatMap(({ name }) => (name.kind === 'unordered' ? [name.delivery] : []));
    const byLane = new Map<number, DeliveryItem[] | undefined>();
    if (laned.length > 0) {
      const rows = await loadWindows.run(
        {
          shards: laned.map(({ shard }) => shard), lanes: laned.map(({ lane }) => lane), fromSequences: laned.map(({ from }) => from),
          window: WINDOW, laneBytes: LANE_BYTES, bytes: STATEMENT_BYTES,
        },
        this.database,
      );
      for (const { lane, sequence, payload, ...row } of rows) {
        if (lane === null || sequence === null) continue;
        const item = payload === null ? undefined : itemOf(row, payload, sequence);
        const window = byLane.get(lane);
        if (window === undefined) byLane.set(lane, item && [item]);
        else if (item !== undefined) window.push(item);
      }
    }
    const byDelivery = new Map<string, DeliveryItem[] | undefined>();
    if (unordered.length > 0) {
      const rows = await loadDeliveries.run(
        { eventIds: unordered.map(({ eventId }) => eventId), endpoints: unordered.map(({ endpoint }) => endpoint), replays: unordered.map(({ replay }) => replay), bytes: STATEMENT_BYTES },
        this.database,
      );
      for (const { payload, ...row } of rows) byDelivery.set(deliveryKey(row), payload === null ? undefined : [itemOf(row, payload, 1)]);
    }
    return records.map(({ name }) => (name.kind === 'lane' ? windowOf(byLane, name.lane) : windowOf(byDelivery, deliveryKey(name.delivery))));
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
    endpointVersion: row.endpointVersion,
    position: row,
    dueInMs: row.dueInMs ?? undefined,
    stopped: stopOf(row.paused, row.halted === true),
  };
}

function deliveryKey({ eventId, endpoint, replay }: DeliveryKey): string {
  return `${eventId}/${endpoint}/${replay}`;
}

/** A key without a row has nothing pending; undefined: it did not fit. */
function windowOf<Key>(windows: ReadonlyMap<Key, DeliveryItem[] | undefined>, key: Key): DeliveryItem[] | undefined {
  return windows.has(key) ? windows.get(key) : [];
}

function itemOf(row: Omit<ILoadDeliveriesResult, 'payload'>, payload: Buffer, sequence: number): DeliveryItem {
  const { eventId, endpoint, replay, tenant, entity, type, source, contentType, traceparent, attributes, attempts, replayedAttempts, dueInMs } = row;
  return deliveryItem({
    sequence, key: { eventId, endpoint, replay }, tenant, entity, type, source, contentType, traceparent, attributes: attributes as EventAttributes | null, payload,
    attempts, replayedAttempts, dueAtMs: dueInMs === null ? -Infinity : performance.now() + dueInMs,
  });
}
