/** A member of the dispatchers' group and the shards it says it has, as of a generation of the group. */
export interface ShardClaim {
  readonly memberId: string;
  /** Negative: a newcomer, which was never assigned any. */
  readonly generation: number;
  readonly shards: readonly number[];
}

/**
 * Deals the shards out to the members: evenly (the counts differ by one at most), and so that a member keeps what it
 * has as far as that goes. Where two claim the same shard, the claim of the later generation counts; a member that
 * missed a rebalance has an old one. The same input gives the same result on every member.
 *
 * Shards that nobody has go to those who have been here, and newcomers get some of theirs instead: who takes the shard of
 * a process that was killed must have watched its lease for a TTL, while one whose owner lives is handed over at once. So
 * a dispatcher that is killed and comes back does not lengthen its own outage. The price: the shards that are handed over
 * instead pause until their requests under way have ended.
 */
export function assignShards(claims: readonly ShardClaim[], shards: number): Map<string, number[]> {
  const members = [...claims].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const held = holdersOf(members, shards);
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const [orphans, owned] = [all.filter((shard) => !held.has(shard)), all.filter((shard) => held.has(shard))];
  const seniors = members.filter(({ generation }) => generation >= 0);
  if (seniors.length > 0) {
    for (const [memberId, dealt] of deal(seniors, all, held)) for (const shard of dealt) held.set(shard, memberId);
  }
  // Orphans first: what a senior has too much of is what it had before.
  return deal(members, [...orphans, ...owned], held);
}

/** Who has each shard, by the claims. */
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

/** An even share for each member, of what it holds as far as that goes; what comes first in `shards` is kept first. */
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
