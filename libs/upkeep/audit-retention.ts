import type { Database } from '#ground/postgres/pool';
import { setAuditRetention } from './set-audit-retention.queries.js';

/**
 * Records LOCKSTEP_AUDIT_RETENTION in Postgres, where the trigger that keeps the audit log append-only reads it. With
 * different settings, that of the gateway that started last counts.
 */
export async function recordAuditRetention(database: Database, retentionMs: number): Promise<void> {
  await setAuditRetention.run({ retentionMs }, database);
}
