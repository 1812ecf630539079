import { Injectable } from '@nestjs/common';
import { type Page, pageOfRead } from '#ground/http/pagination';
import { rejectionCursor, type RejectionQuery, type RejectionResource } from './rejection.schema.js';
import { type RejectionRow, RejectionsRepository } from './rejections.repository.js';

const MINUTE_MS = 60_000;
const BEGINNING = new Date(0);
const END = new Date('9999-12-31T00:00:00Z');
/** After every minute. */
const START = [2 ** 31 - 1, 0] as const;

@Injectable()
export class RejectionsService {
  constructor(private readonly repository: RejectionsRepository) {}

  /** Newest minute first. */
  async list(tenant: string, { source, key, code, from = BEGINNING, to = END, limit, cursor = START }: RejectionQuery): Promise<Page<RejectionResource>> {
    const rows = await this.repository.list({ tenant, source, key, code, from, to }, cursor, limit + 1);
    const page = pageOfRead(rows, limit, rejectionCursor, ({ minute, id }) => [minute.getTime() / MINUTE_MS, id]);
    return { ...page, data: page.data.map(rejectionOf) };
  }
}

function rejectionOf({ minute, source, key, code, requests, lastDetail, lastAt }: RejectionRow): RejectionResource {
  return { minute: minute.toISOString(), source, key, code, count: requests, lastDetail, lastAt: lastAt.toISOString() };
}
