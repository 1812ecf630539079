import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { LeaseAnswer, LeaseRequest } from '#domain/token-lease';
import { storeErrorOf } from '#ground/postgres/answering-database';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { createTokenBuckets } from './create-token-buckets.queries.js';
import { leaseTokens } from './lease-tokens.queries.js';

/** A bucket as its limit says, and what a process asks of it. */
export interface BucketRequest extends LeaseRequest {
  readonly id: string;
  readonly perSecond: number;
  /** Tokens in a full bucket. */
  readonly capacity: number;
}

/** Tokens that something waits for: from each of one or two buckets, or from none. */
export interface TokenAsk {
  readonly need: number;
  /** Indices into the bucket requests of the same statement. The bucket that more asks share is the last one. */
  readonly buckets: readonly number[];
}

export interface LeaseAnswers {
  /** In the order of the bucket requests; undefined for one that does not exist. Its asks get nothing. */
  readonly buckets: readonly (LeaseAnswer | undefined)[];
  /** Tokens that each ask gets. */
  readonly granted: readonly number[];
}

@Injectable()
export class TokenBucketsRepository {
  /** By which Postgres knows what this process holds. A new one after each start: what the former one held runs out. */
  readonly holder: string = randomUUID();

  constructor(@InjectDatabase('rate-limits') private readonly database: Database) {}

  /** Creates those of the buckets that do not exist, full. */
  async create(buckets: readonly Pick<BucketRequest, 'id' | 'capacity'>[]): Promise<void> {
    await createTokenBuckets.run({ ids: buckets.map(({ id }) => id), capacities: buckets.map(({ capacity }) => capacity) }, this.database).catch(throwStoreError);
  }

  /**
   * Takes tokens in one statement. Each bucket is named once.
   * @throws LockstepError store_unavailable, after which the tokens may be taken
   */
  async lease(requests: readonly BucketRequest[], asks: readonly TokenAsk[]): Promise<LeaseAnswers> {
    const rows = await leaseTokens.run({
      holder: this.holder,
      ids: requests.map(({ id }) => id),
      rates: requests.map(({ perSecond }) => perSecond),
      capacities: requests.map(({ capacity }) => capacity),
      held: requests.map(({ held }) => held),
      returned: requests.map(({ returned }) => returned),
      wanted: requests.map(({ wanted }) => wanted),
      waiting: requests.map(({ waiting }) => waiting),
      usedAgo: requests.map(({ usedAgoMs }) => usedAgoMs / 1_000),
      needs: asks.map(({ need }) => need),
      firsts: asks.map(({ buckets }) => (buckets.length > 1 ? (buckets[0] ?? -1) + 1 : 0)),
      lasts: asks.map(({ buckets }) => (buckets.at(-1) ?? -1) + 1),
    }, this.database).catch(throwStoreError);
    const buckets: LeaseAnswer[] = [];
    const granted: number[] = [];
    for (const { place, ask, tokens, remaining, others } of rows) {
      if (place !== null && remaining !== null) buckets[place - 1] = { leased: tokens, remaining, others: others ?? 0 };
      else if (ask !== null) granted[ask - 1] = tokens;
    }
    return { buckets, granted };
  }
}

function throwStoreError(error: unknown): never {
  throw storeErrorOf(error);
}
