import { Injectable } from '@nestjs/common';
import { ListsDatabase } from '#manage/lists-database.module';
import { type IListTimelineResult, listTimeline } from './list-timeline.queries.js';

export type TimelineRow = IListTimelineResult;

/** An entry's place: its moment in microseconds since 1970, the rank of its kind, endpoint, replay and number. */
export type TimelinePlace = readonly [number, number, number, number, number];

@Injectable()
export class TimelineRepository {
  constructor(private readonly lists: ListsDatabase) {}

  /** In order, after the place. @param endpoint an endpoint's UUID, undefined for all */
  list(tenant: string, event: string, endpoint: string | undefined, after: TimelinePlace, limit: number): Promise<TimelineRow[]> {
    const [afterMoment, afterRank, afterEndpoint, afterReplay, afterNumber] = after;
    return listTimeline.run({ tenant, event, endpoint, afterMoment, afterRank, afterEndpoint, afterReplay, afterNumber, limit }, this.lists.of(tenant, 'give `endpoint`'));
  }
}
