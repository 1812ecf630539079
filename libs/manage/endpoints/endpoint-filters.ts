import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { boundsOf } from './filter-bounds.js';
import { FiltersRepository } from './filters.repository.js';

/** Checks filters before they are stored. */
@Injectable()
export class EndpointFilters {
  constructor(private readonly repository: FiltersRepository) {}

  /**
   * How often the filter goes over all of a body at most; null for no filter.
   * @throws LockstepError invalid_request for a text that Postgres cannot read, is no predicate, or could take too long
   */
  async passesOf(filter: string | null): Promise<number | null> {
    if (filter === null) return null;
    const read = await this.repository.read(filter);
    if ('problem' in read) throw invalid(`is not in the SQL/JSON path language: ${read.problem.replace(/ of jsonpath input$/, '')}`);
    const bounds = boundsOf(read.path);
    if ('problem' in bounds) throw invalid(bounds.problem);
    return bounds.passes;
  }
}

function invalid(message: string): LockstepError {
  return new LockstepError('invalid_request', `/filter ${message}`, { errors: [{ path: '/filter', message }] });
}
