import type { ProblemDetail } from '#domain/problem';
import { type Scope, withIncluded } from '#ground/http/principal';
import type { IngestRateLimit } from '#manage/ingest-rate-limit';

/** What a key allows, and for how long. */
export interface KeyGrant {
  readonly scopes: readonly Scope[];
  /** Null: never. */
  readonly expiresAt: Date | null;
  /** Null: no limit. */
  readonly ingestRateLimit: IngestRateLimit | null;
}

/** What of `wanted` exceeds what its giver has. Empty: the giver may hand it out. */
export function excessOf(wanted: KeyGrant, held: KeyGrant): ProblemDetail[] {
  const heldScopes = withIncluded(held.scopes);
  const scopes = [...withIncluded(wanted.scopes)].filter((scope) => !heldScopes.has(scope));
  return [
    ...(scopes.length === 0 ? [] : [{ path: '/scopes', message: `your key lacks ${scopes.map((scope) => `"${scope}"`).join(' and ')}` }]),
    ...(outlives(wanted.expiresAt, held.expiresAt) ? [{ path: '/expiresAt', message: `your key expires at ${held.expiresAt?.toISOString() ?? ''}: give that moment or an earlier one` }] : []),
    ...(exceeds(wanted.ingestRateLimit, held.ingestRateLimit)
      ? [{ path: '/ingestRateLimit', message: `your key has a limit of ${held.ingestRateLimit?.perSecond} events per second and a burst of ${held.ingestRateLimit?.burst}: give no higher one` }]
      : []),
  ];
}

function outlives(wanted: Date | null, held: Date | null): boolean {
  return held !== null && (wanted === null || wanted > held);
}

function exceeds(wanted: IngestRateLimit | null, held: IngestRateLimit | null): boolean {
  return held !== null && (wanted === null || wanted.perSecond > held.perSecond || wanted.burst > held.burst);
}
