import { Injectable } from '@nestjs/common';
import { storeErrorOf } from '#ground/postgres/answering-database';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { retryConflicts } from '#ground/postgres/retry-conflicts';
import type { Claim, ClaimOutcome, KeyedRequest, Settlement, Verdict } from './claim.js';
import { decide, type FoundRequest } from './claim-decision.js';
import { claimRequests, type IClaimRequestsResult } from './claim-requests.queries.js';
import { giveUpClaims } from './give-up-claims.queries.js';
import { storeConflicts, storeDuration, type StoreStatement } from './idempotency.metrics.js';
import { readResponse } from './read-response.queries.js';
import { renewRequests } from './renew-requests.queries.js';
import { settleRequests } from './settle-requests.queries.js';

/** One attempt to claim a key. After a lost answer, the process finds its claim by the UUID. */
export interface ClaimAttempt extends KeyedRequest {
  readonly claimId: string;
}

/** A response whose body needs a statement of its own, because it is large. */
export interface LargeReplay {
  readonly kind: 'large_replay';
  readonly fence: number;
  readonly status: number;
  readonly headers: readonly string[];
  readonly ageMs: number;
}

/** `free`: another claim committed at the same moment; try again. */
export type ClaimResult = ClaimOutcome | LargeReplay | { readonly kind: 'free' };

export interface ClaimedSettlement {
  readonly claim: Claim;
  readonly settlement: Settlement;
}

/** One side of a deadlock always succeeds. Three deadlocks in a row did not occur in an hour of concurrent repeats. */
const MAX_TRIES = 3;
/** 64 KiB: with a batch of 256 keys that is 16 MiB at most; larger bodies are read one by one. */
const INLINE_BODY_BYTES = 65_536;

/** Idempotent requests in Postgres. Its sessions look up by index (`plans: 'by-index'`). */
@Injectable()
export class IdempotencyRepository {
  constructor(@InjectDatabase('idempotency') private readonly database: Database) {}

  /**
   * Claims the free keys, in one statement; results in the order of the attempts. Among several attempts at one key the
   * first one counts; the others get the result that they would get after it.
   * @throws LockstepError store_unavailable: whether anything was claimed is unknown
   */
  async claim(attempts: readonly ClaimAttempt[]): Promise<readonly ClaimResult[]> {
    const firsts = [...new Map(attempts.toReversed().map((attempt) => [nameOf(attempt), attempt])).values()].reverse();
    const rows = await this.run('claim', () => claimRequests.run(parametersOf(firsts), this.database));
    const fences = new Map<string, number>();
    const found = new Map<string, IClaimRequestsResult>();
    for (const row of rows) {
      const attempt = row.ordinal === null ? undefined : firsts[row.ordinal - 1];
      if (attempt === undefined) fences.set(row.claimId, row.fence);
      else found.set(nameOf(attempt), row);
    }
    const winners = new Map(firsts.map((attempt) => [nameOf(attempt), attempt]));
    return attempts.map((attempt) => {
      const name = nameOf(attempt);
      const winner = winners.get(name) ?? attempt;
      return resultOf(attempt, winner, fences.get(winner.claimId), found.get(name));
    });
  }

  /**
   * Stores the outcomes of claimed requests, in one statement; verdicts in the same order.
   * @throws LockstepError store_unavailable: unknown outcome; storing it again is harmless
   */
  async settle(settlements: readonly ClaimedSettlement[]): Promise<readonly Verdict[]> {
    const parameters = settlementParametersOf(settlements);
    const rows = await this.run('settle', () => settleRequests.run(parameters, this.database));
    const stored = new Set(rows.map(({ ordinal }) => ordinal));
    return settlements.map((_, i) => (stored.has(i + 1) ? 'stored' : 'superseded'));
  }

  /** Renews the leases of these claims. @throws LockstepError store_unavailable */
  async renew(claims: readonly Claim[]): Promise<void> {
    await this.run('renew', () => renewRequests.run({
      scopes: claims.map(({ scope }) => scope),
      keys: claims.map(({ key }) => key),
      fences: claims.map(({ fence }) => fence),
      leasesMs: claims.map(({ leaseMs }) => leaseMs),
      retentionsMs: claims.map(({ retentionMs }) => retentionMs),
    }, this.database));
  }

  /** Frees the keys that these attempts may have claimed without getting an answer. @throws LockstepError store_unavailable */
  async giveUp(attempts: readonly ClaimAttempt[]): Promise<void> {
    await this.run('settle', () => giveUpClaims.run({
      scopes: attempts.map(({ scope }) => scope),
      keys: attempts.map(({ key }) => key),
      claimIds: attempts.map(({ claimId }) => claimId),
    }, this.database));
  }

  /** The body of a response; undefined when another claim has taken the key since. @throws LockstepError store_unavailable */
  async readBody({ scope, key }: KeyedRequest, fence: number): Promise<Buffer | undefined> {
    const [row] = await this.run('read', () => readResponse.run({ scope, key, fence }, this.database));
    return row?.body;
  }

  private async run<Result>(statement: StoreStatement, query: () => Promise<Result>): Promise<Result> {
    const startedAtMs = performance.now();
    const result = await retryConflicts(storeConflicts, MAX_TRIES, query).catch((error: unknown) => {
      throw storeErrorOf(error);
    });
    storeDuration.observe({ statement }, (performance.now() - startedAtMs) / 1_000);
    return result;
  }
}

/** Key and scope as one text. A scope has no line break. */
export function nameOf({ scope, key }: Pick<KeyedRequest, 'scope' | 'key'>): string {
  return `${scope}\n${key}`;
}

function resultOf(attempt: ClaimAttempt, winner: ClaimAttempt, fence: number | undefined, found: IClaimRequestsResult | undefined): ClaimResult {
  if (fence !== undefined) {
    const { scope, key, leaseMs, retentionMs } = winner;
    // Found and claimed: the earlier request had failed, or its lease had expired.
    if (attempt === winner) return { kind: 'claimed', claim: { scope, key, fence, leaseMs, retentionMs }, takeover: found !== undefined && found.state !== 'failed' };
    return decide({ state: 'in_flight', fingerprint: winner.fingerprint, ageMs: 0, leaseLeftMs: winner.leaseMs, response: undefined }, attempt);
  }
  if (found === undefined) return { kind: 'free' };
  const decision = decide(foundRequestOf(found), attempt);
  if (decision.kind !== 'response_not_kept' || found.bodyBytes === null) return decision;
  return { kind: 'large_replay', fence: found.fence, status: decision.status, headers: headersOf(found), ageMs: found.ageMs };
}

function foundRequestOf(row: IClaimRequestsResult): FoundRequest {
  const { state, fingerprint, ageMs, leaseLeftMs, status, body } = row;
  const response = state === 'completed' ? { status: status ?? 0, headers: headersOf(row), body: body ?? undefined } : undefined;
  return { state, fingerprint, ageMs, leaseLeftMs, response };
}

function headersOf({ headers }: IClaimRequestsResult): string[] {
  return headers === null ? [] : (JSON.parse(headers) as string[]);
}

function parametersOf(attempts: readonly ClaimAttempt[]): Parameters<typeof claimRequests.run>[0] {
  return {
    scopes: attempts.map(({ scope }) => scope),
    keys: attempts.map(({ key }) => key),
    tenants: attempts.map(({ tenant }) => tenant),
    claimIds: attempts.map(({ claimId }) => claimId),
    takeoverSafe: attempts.map(({ takeover }) => takeover === 'safe'),
    leasesMs: attempts.map(({ leaseMs }) => leaseMs),
    retentionsMs: attempts.map(({ retentionMs }) => retentionMs),
    fingerprints: Buffer.concat(attempts.map(({ fingerprint }) => fingerprint)),
    inlineBytes: INLINE_BODY_BYTES,
  };
}

function settlementParametersOf(settlements: readonly ClaimedSettlement[]): Parameters<typeof settleRequests.run>[0] {
  const bodies: Buffer[] = [];
  const offsets: number[] = [];
  const lengths: number[] = [];
  let next = 1;
  for (const { settlement } of settlements) {
    const body = settlement.state === 'completed' ? settlement.body : undefined;
    offsets.push(next);
    lengths.push(body?.length ?? -1);
    if (body === undefined) continue;
    bodies.push(body);
    next += body.length;
  }
  // Arrays may contain nulls, which PgTyped's types do not express.
  return {
    scopes: settlements.map(({ claim }) => claim.scope),
    keys: settlements.map(({ claim }) => claim.key),
    fences: settlements.map(({ claim }) => claim.fence),
    states: settlements.map(({ settlement }) => settlement.state),
    statuses: settlements.map(({ settlement }) => (settlement.state === 'completed' ? settlement.status : null)) as number[],
    headers: settlements.map(({ settlement }) => (settlement.state === 'completed' ? JSON.stringify(settlement.headers) : null)) as string[],
    offsets,
    lengths,
    retentionsMs: settlements.map(({ claim }) => claim.retentionMs),
    bodies: Buffer.concat(bodies),
  };
}
