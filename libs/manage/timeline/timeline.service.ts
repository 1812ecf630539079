import { Injectable } from '@nestjs/common';
import { deliveryId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { type Page, pageOf } from '#ground/http/pagination';
import { endpointIdOf } from '#manage/events/deliveries.service';
import { EventsRepository } from '#manage/events/events.repository';
import { type TimelinePlace, TimelineRepository, type TimelineRow } from './timeline.repository.js';
import { timelineCursor, type TimelineEntry, type TimelineQuery } from './timeline.schema.js';

/** Before the first entry. */
const START: TimelinePlace = [0, 0, 0, 0, 0];

/** Tells an event's story from the records that there are: event, inbox, deliveries, attempts, replays and audit rows. */
@Injectable()
export class TimelineService {
  constructor(
    private readonly repository: TimelineRepository,
    private readonly events: EventsRepository,
  ) {}

  /** In order. What pending deliveries wait for now comes last. @throws LockstepError not_found */
  async list(tenant: string, id: string, { endpoint, limit, cursor = START }: TimelineQuery): Promise<Page<TimelineEntry>> {
    const event = parsePublicId('evt', id);
    if (event === undefined || !(await this.events.exists(tenant, event))) throw new LockstepError('not_found', `There is no event ${id}`);
    const rows = await this.repository.list(tenant, event, endpointIdOf(endpoint), cursor, limit + 1);
    const page = pageOf(rows, limit, timelineCursor, ({ moment, rank, endpoint: key, replay, number }) => [moment, rank, key, replay, number]);
    return { ...page, data: page.data.map((row) => entryOf(event, row)) };
  }
}

/** About an endpoint, and not about a delivery. */
const OF_ENDPOINT = ['action', 'filtered'];

/** The statement builds the members of each kind. */
function entryOf(eventId: string, { at, kind, endpoint, replay, endpointId, detail }: TimelineRow): TimelineEntry {
  const whose = endpointId === null ? {} : { endpoint: toPublicId('ep', endpointId), ...(OF_ENDPOINT.includes(kind) ? {} : { delivery: deliveryId({ eventId, endpoint, replay }) }) };
  return { at: at.toISOString(), kind, ...whose, ...(detail as object) } as TimelineEntry;
}
