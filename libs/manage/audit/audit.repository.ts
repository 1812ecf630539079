import { Injectable } from '@nestjs/common';
import { ListsDatabase, MAX_ROWS_READ } from '#manage/lists-database.module';
import { type IListAuditResult, listAudit } from './list-audit.queries.js';

export type AuditLogRow = IListAuditResult;

export interface AuditFilter {
  readonly tenant: string;
  /** Also rows about the whole installation, and about keys with the scope admin. */
  readonly installation: boolean;
  /** Microseconds since 1970. */
  readonly from: number;
  readonly actor: string | undefined;
  readonly action: string | undefined;
  readonly subject: string | undefined;
}

/** Stands for the whole installation, in the indexes of the audit log. */
const INSTALLATION = '';

@Injectable()
export class AuditRepository {
  constructor(private readonly lists: ListsDatabase) {}

  /** Newest first, below the place. Reads a bounded number of rows, so fewer than `limit` may come (see `pageOfRead`). */
  list({ tenant, installation, ...filter }: AuditFilter, [beforeMoment, beforeId]: readonly [number, number], limit: number): Promise<AuditLogRow[]> {
    const tenants = installation ? [tenant, INSTALLATION] : [tenant];
    return listAudit.run({ ...filter, seesAdminKeys: installation, tenants, beforeMoment, beforeId, mostRead: MAX_ROWS_READ, limit }, this.lists.of(tenant, 'give `subject`, or a smaller range of `from` and `to`'));
  }
}
