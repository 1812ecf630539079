/** A member of the dispatchers' group and the shards it says it has, as of a generation of the group. */
export interface ShardClaim {
  readonly memberId: string;
  readonly generation: number;
  readonly shards: readonly number[];
}

/**
 * Deals the shards out to the members: evenly (the counts differ by one at most), and so that a member keeps what it
 * has as far as that goes. Where two claim the same shard, the claim of the later generation counts; a member that
 * missed a rebalance has an old one. The same input gives the same result on every member.
 */
export function assignShards(claims: readonly ShardClaim[], shards: number): Map<string, number[]> {
  const members = [...claims].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const assignment = new Map<string, number[]>(members.map(({ memberId }) => [memberId, []]));
  if (members.length === 0) return assignment;

  const owner = new Map<number, ShardClaim>();
  for (const claim of members) {
    for (const shard of claim.shards) {
      const rival = owner.get(shard);
      if (shard >= 0 && shard < shards && (rival === undefined || claim.generation > rival.generation)) owner.set(shard, claim);
    }
  }

  const least = Math.floor(shards / members.length);
  let extras = shards % members.length;
  const free: number[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const kept = assignment.get(owner.get(shard)?.memberId ?? '');
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
