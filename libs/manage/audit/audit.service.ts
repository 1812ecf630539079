import { Injectable } from '@nestjs/common';
import { UINT52 } from '#ground/http/cursor';
import { END_MICROSECONDS, microsecondsOf } from '#ground/http/moment';
import { type Page, pageOfRead } from '#ground/http/pagination';
import type { Principal } from '#ground/http/principal';
import { type ActorResource, auditCursor, type AuditQuery, type AuditRow } from './audit.schema.js';
import { type AuditLogRow, AuditRepository } from './audit.repository.js';

@Injectable()
export class AuditService {
  constructor(private readonly repository: AuditRepository) {}

  /** Newest first. Rows about the whole installation only for principals that may see all tenants. */
  async list({ tenant, scopes }: Principal, { actor, action, subject, from, to, limit, cursor }: AuditQuery): Promise<Page<AuditRow>> {
    const end: readonly [number, number] = [to === undefined ? END_MICROSECONDS : microsecondsOf(to), 0];
    const filter = { tenant, installation: scopes.has('admin'), actor, action, subject, from: from === undefined ? 0 : microsecondsOf(from) };
    const rows = await this.repository.list(filter, cursor !== undefined && cursor[0] < end[0] ? cursor : end, limit + 1);
    const page = pageOfRead(rows, limit, auditCursor, ({ microseconds, id }) => [microseconds, id]);
    return { ...page, data: page.data.map(auditRowOf) };
  }
}

function auditRowOf({ id, at, actor, action, subject, detail, requestId }: AuditLogRow): AuditRow {
  return {
    id: `aud_${UINT52.encode(id)}`,
    at: at.toISOString(),
    actor: actor as unknown as ActorResource,
    action,
    subject,
    detail: detail as Record<string, unknown>,
    requestId,
  };
}
