import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { mintId } from '#domain/ids';
import { storeErrorOf } from '#ground/postgres/answering-database';
import { toLockstepError } from '#ground/http/problem';
import { InjectPool } from '#ground/postgres/inject-postgres';
import { databaseOf } from '#ground/postgres/pool';
import { isLockTimeout, sqlStateOf } from '#ground/postgres/sql-errors';
import type { ClaimOutcome, KeyedRequest, Settlement } from './claim.js';
import { idempotentRequests, settlements } from './idempotency.metrics.js';
import { type ClaimResult, IdempotencyRepository, nameOf } from './idempotency.repository.js';

/** What became of a request that wanted to be carried out in a transaction. */
export type TransactionOutcome<Result> = Exclude<ClaimOutcome, { kind: 'claimed' }> | { readonly kind: 'done'; readonly result: Result };

/** What the work gave, and what of it is stored; `failed`: nothing, and its transaction is rolled back. */
export interface Worked<Result> {
  readonly result: Result;
  readonly settlement: Extract<Settlement, { state: 'completed' | 'failed' }>;
}

type Work<Result> = (client: pg.ClientBase) => Promise<Worked<Result>>;

interface UnderWay {
  readonly keyed: KeyedRequest;
  /** False: its key was not to be had, and its twins ask by themselves. */
  readonly claimed: PromiseWithResolvers<boolean>;
}

/** A twin in another process holds the key's row until it commits: whoever comes second is told so after this. */
const TWIN_WAIT = '100ms';
/** Between two looks at a key that has just been committed. */
const MOST_TRIES = 5;

/**
 * Idempotent requests that work in a transaction: the key, the rows that the work writes and its answer are committed
 * together or not at all. No lease and no fence: the row's lock is the claim, and it goes with the connection.
 */
@Injectable()
export class IdempotentTransactions {
  /** Keys being looked at or worked on here: their twins take no connection to find that out. */
  private readonly underWay = new Map<string, UnderWay>();

  constructor(@InjectPool('idempotency') private readonly pool: pg.Pool) {}

  /**
   * Does the work in a transaction, once per key. What it throws rolls everything back, and the key is free again.
   * @throws what the work throws; LockstepError store_unavailable: whether it was committed is unknown, and the same
   * request tells
   */
  async run<Result>(keyed: KeyedRequest, work: Work<Result>): Promise<TransactionOutcome<Result>> {
    const name = nameOf(keyed);
    for (let twin = this.underWay.get(name); twin !== undefined; twin = this.underWay.get(name)) {
      if (await twin.claimed.promise) return this.told(twin.keyed.fingerprint.equals(keyed.fingerprint) ? { kind: 'in_flight', retryAfterSeconds: 1 } : { kind: 'mismatch' });
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
    // A connection that breaks between two statements fails the next one; without a listener it would end the process.
    const ignore = (): void => undefined;
    client.on('error', ignore);
    let broken = true;
    try {
      const outcome = await this.transact(client, keyed, work, onClaimed);
      broken = false;
      return outcome;
    } catch (error) {
      // In a state to be used again only when this answers.
      broken = await client.query('rollback').then(() => false, () => true);
      // The work's own statement has failed, as Postgres says, or with the connection: that is the store's fault, not the work's.
      const isStores = sqlStateOf(error) !== undefined || (broken && toLockstepError(error).code === 'internal');
      throw isStores ? storeErrorOf(error) : error;
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }

  private async transact<Result>(client: pg.PoolClient, keyed: KeyedRequest, work: Work<Result>, onClaimed: () => void): Promise<TransactionOutcome<Result>> {
    const repository = new IdempotencyRepository(databaseOf(client));
    await orStoreError(client.query(`begin; set local lock_timeout = '${TWIN_WAIT}'`));
    const claimed = await claim(repository, keyed);
    if (claimed.kind !== 'claimed') {
      await orStoreError(client.query('rollback'));
      return this.told(claimed);
    }
    onClaimed();
    idempotentRequests.inc({ outcome: 'claimed' });
    await orStoreError(client.query('set local lock_timeout to default'));
    const { result, settlement } = await work(client);
    if (settlement.state === 'failed') await orStoreError(client.query('rollback'));
    else {
      const [verdict] = await repository.settle([{ claim: claimed.claim, settlement }]);
      if (verdict !== 'stored') throw new Error('The handler ended the transaction that it was given: its rows and its answer can not be committed together');
      await orStoreError(client.query('commit'));
    }
    settlements.inc({ state: settlement.state });
    return { kind: 'done', result };
  }

  private told(outcome: Exclude<ClaimOutcome, { kind: 'claimed' }>): Exclude<ClaimOutcome, { kind: 'claimed' }> {
    idempotentRequests.inc({ outcome: outcome.kind });
    return outcome;
  }
}

async function claim(repository: IdempotencyRepository, keyed: KeyedRequest): Promise<ClaimOutcome> {
  // Whatever stands there half done is of a claim without a transaction; with one a lease never runs out.
  const identified = { ...keyed, claimId: mintId() };
  try {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
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
