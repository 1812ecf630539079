import type { IngestLimit } from '#ground/http/principal';
import type { CachedRow } from '#ground/postgres/row-cache';

/** A tenant in memory, as authentication needs it. */
export interface KnownTenant extends CachedRow {
  readonly id: string;
  /** False: its keys are refused. */
  readonly isEnabled: boolean;
  readonly limits: readonly IngestLimit[];
  readonly refusesUnknownTypes: boolean;
}
