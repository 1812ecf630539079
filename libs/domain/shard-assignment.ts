/** A member of the dispatchers' group, and the shards it had in a generation of the group. */
export interface ShardClaim {
  readonly memberId: string;
  /** Negative for a newcomer, which has not been assigned shards yet. */
  readonly generation: number;
  readonly shards: readonly number[];
  /** Those of `shards` that the member does not own yet: their leases have not ended. */
  readonly awaited: readonly number[];
}

/**
 * Assigns the shards to the members. The counts differ by one at most, and a member keeps its shards where that allows it.
 * If two members claim a shard, the later generation counts: a member that missed a rebalance has an older one. The same
 * input gives the same result on every member.
 *
 * Orphaned shards, which nobody owns, go to members that were in the group before, and newcomers get some of theirs
 * instead. The new owner of an orphan must have watched its lease for a TTL, while a living owner hands a shard over at
 * once. So a dispatcher that is killed and returns does not lengthen its own outage. A member that has been assigned an
 * orphan and still waits for its lease keeps it. The price: a shard that is handed over pauses until its requests
 * in flight have ended.
 */
export function assignShards(claims: readonly ShardClaim[], shards: number): Map<string, number[]> {
  const members = [...claims].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const held = holdersOf(members, shards);
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const awaited = new Set(members.flatMap((claim) => claim.awaited));
  const isOwned = (shard: number): boolean => held.has(shard) && !awaited.has(shard);
  const [orphans, owned] = [all.filter((shard) => !isOwned(shard)), all.filter(isOwned)];
  const seniors = members.filter(({ generation }) => generation >= 0);
  if (seniors.length > 0) {
    for (const [memberId, dealt] of deal(seniors, all, held)) for (const shard of dealt) held.set(shard, memberId);
  }
  // Orphans first: a senior then hands over shards that it had before, and keeps the orphans.
  return deal(members, [...orphans, ...owned], held);
}

/** The holder of each shard, by the claims. */
function holdersOf(members: readonly ShardClaim[], shards: number): Map<number, string> {
  const holders = new Map<number, ShardClaim>();
  for (const claim of members) {
    for (const shard of claim.shards) {
      const rival = holders.get(shard);
      if (shard >= 0 && shard < shards && (rival === undefined || claim.generation > rival.generation)) holders.set(shard, claim);
    }
  }
  return new Map([...holders].map(([shard, { memberId }]) => [shard, memberId]));
}

/** An even share for each member, first of the shards that it holds, in the order of `shards`. */
function deal(members: readonly ShardClaim[], shards: readonly number[], held: ReadonlyMap<number, string>): Map<string, number[]> {
  const assignment = new Map<string, number[]>(members.map(({ memberId }) => [memberId, []]));
  if (members.length === 0) return assignment;
  const least = Math.floor(shards.length / members.length);
  let extras = shards.length % members.length;
  const free: number[] = [];
  for (const shard of shards) {
    const kept = assignment.get(held.get(shard) ?? '');
    if (kept !== undefined && kept.length < least) kept.push(shard);
    else if (kept !== undefined && kept.length === least && extras > 0) {
      kept.push(shard);
      extras -= 1;
    } else free.push(shard);
  }
  for (const dealt of assignment.values()) {
    while (dealt.length < least) dealt.push(...free.splice(0, 1));
  }
  for (const dealt of assignment.values()) {
    if (extras > 0 && dealt.length === least && free.length > 0) {
      dealt.push(...free.splice(0, 1));
      extras -= 1;
    }
  }
  return assignment;
}
