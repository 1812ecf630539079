import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { mintId } from '#domain/ids';
import { storeErrorOf } from '#ground/postgres/answering-database';
import { toLockstepError } from '#ground/http/problem';
import { InjectPool } from '#ground/postgres/inject-postgres';
import { databaseOf } from '#ground/postgres/pool';
import { isLockTimeout, sqlStateOf } from '#ground/postgres/sql-errors';
import { checked } from './checked.js';
import type { ClaimOutcome, KeyedRequest, Settlement } from './claim.js';
import { countRequest, settlements } from './idempotency.metrics.js';
import { type ClaimResult, IdempotencyRepository, nameOf } from './idempotency.repository.js';

/** The outcome of a request whose handler works in a transaction. */
export type TransactionOutcome<Result> = Exclude<ClaimOutcome, { kind: 'claimed' }> | { readonly kind: 'done'; readonly result: Result };

/** The result of the work, and what is stored of it. `failed`: nothing, and the transaction is rolled back. */
export interface Worked<Result> {
  readonly result: Result;
  readonly settlement: Extract<Settlement, { state: 'completed' | 'failed' }>;
}

type Work<Result> = (client: pg.ClientBase) => Promise<Worked<Result>>;

interface UnderWay {
  readonly keyed: KeyedRequest;
  /** False: the key was not free, so concurrent repeats try by themselves. */
  readonly claimed: PromiseWithResolvers<boolean>;
}

/** A repeat in another process holds the row of the key until it commits. After this time we answer `in_flight`. */
const TWIN_WAIT = '100ms';
/** A try fails when another claim of the key commits at the same moment. */
const MAX_TRIES = 5;

/**
 * Idempotent requests in a transaction: the key, the rows that the work writes and its answer are committed together or
 * not at all. There is no lease and no fence. The lock of the row is the claim, and ends with the connection.
 */
@Injectable()
export class IdempotentTransactions {
  /** Keys in progress in this process. Their repeats need no connection to find that out. */
  private readonly underWay = new Map<string, UnderWay>();

  constructor(@InjectPool('idempotency') private readonly pool: pg.Pool) {}

  /**
   * Does the work in a transaction, once per key. An error rolls everything back and frees the key.
   * @throws what the work throws; LockstepError store_unavailable: unknown outcome, repeat the request to learn it
   */
  async run<Result>(keyed: KeyedRequest, work: Work<Result>): Promise<TransactionOutcome<Result>> {
    const name = nameOf(keyed);
    for (let twin = this.underWay.get(name); twin !== undefined; twin = this.underWay.get(name)) {
      if (await twin.claimed.promise) return this.counted(keyed, twin.keyed.fingerprint.equals(keyed.fingerprint) ? { kind: 'in_flight', retryAfterSeconds: 1 } : { kind: 'mismatch' });
    }
    const claimed = Promise.withResolvers<boolean>();
    this.underWay.set(name, { keyed, claimed });
    const decided = (isClaimed: boolean): void => {
      if (!isClaimed) this.underWay.delete(name);
      claimed.resolve(isClaimed);
    };
    try {
      return await this.runAlone(keyed, work, () => decided(true));
    } finally {
      decided(false);
    }
  }

  private async runAlone<Result>(keyed: KeyedRequest, work: Work<Result>, onClaimed: () => void): Promise<TransactionOutcome<Result>> {
    const client = await orStoreError(this.pool.connect());
    // A connection that breaks between two statements fails the next one. Without a listener it would end the process.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let broken = true;
    try {
      const outcome = await this.transact(client, keyed, work, onClaimed);
      broken = false;
      return outcome;
    } catch (error) {
      // The connection can be used again only if the rollback succeeds.
      broken = await client.query('rollback').then(() => false, () => true);
      // A statement of the work itself failed, in Postgres or with the connection: the store is at fault, not the work.
      const isStoreFault = sqlStateOf(error) !== undefined || (broken && toLockstepError(error).code === 'internal');
      throw isStoreFault ? storeErrorOf(error) : error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }

  private async transact<Result>(client: pg.PoolClient, keyed: KeyedRequest, work: Work<Result>, onClaimed: () => void): Promise<TransactionOutcome<Result>> {
    const repository = new IdempotencyRepository(databaseOf(client));
    await orStoreError(client.query(`begin; set local lock_timeout = '${TWIN_WAIT}'`));
    const claimed = await checked(() => claim(repository, keyed));
    if (claimed.kind !== 'claimed') {
      await orStoreError(client.query('rollback'));
      return this.counted(keyed, claimed);
    }
    onClaimed();
    countRequest(keyed.operation, 'claimed');
    await orStoreError(client.query('set local lock_timeout to default'));
    const { result, settlement } = await work(client);
    if (settlement.state === 'failed') await orStoreError(client.query('rollback'));
    else {
      const [verdict] = await repository.settle([{ claim: claimed.claim, settlement }]);
      if (verdict !== 'stored') throw new Error('The handler ended its transaction, so its rows and its answer cannot be committed together');
      await orStoreError(client.query('commit'));
    }
    settlements.inc({ state: settlement.state });
    return { kind: 'done', result };
  }

  private counted({ operation }: KeyedRequest, outcome: Exclude<ClaimOutcome, { kind: 'claimed' }>): Exclude<ClaimOutcome, { kind: 'claimed' }> {
    countRequest(operation, outcome.kind);
    return outcome;
  }
}

async function claim(repository: IdempotencyRepository, keyed: KeyedRequest): Promise<ClaimOutcome> {
  // A row in flight or indeterminate comes from a claim without a transaction.
  const identified = { ...keyed, claimId: mintId() };
  try {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const [result] = await repository.claim([identified]);
      const outcome = await outcomeOf(repository, keyed, result);
      if (outcome !== undefined) return outcome;
    }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    if (!isLockTimeout(cause)) throw error;
  }
  return { kind: 'in_flight', retryAfterSeconds: 1 };
}

async function outcomeOf(repository: IdempotencyRepository, keyed: KeyedRequest, result: ClaimResult | undefined): Promise<ClaimOutcome | undefined> {
  if (result === undefined || result.kind === 'free') return undefined;
  if (result.kind !== 'large_replay') return result;
  const { fence, status, headers, ageMs } = result;
  const body = await repository.readBody(keyed, fence);
  return body === undefined ? undefined : { kind: 'replay', response: { status, headers, body }, ageMs };
}

async function orStoreError<Result>(statement: Promise<Result>): Promise<Result> {
  try {
    return await statement;
  } catch (error) {
    throw storeErrorOf(error);
  }
}
