import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { assignShards, type ShardClaim } from '#domain/shard-assignment';

const NAME = 'lockstep-co-partition';
const VERSION = 1;

/**
 * The shards that the group assigned to this member last, when, and which of them it owns. The member sends this to the
 * group's leader at the next rebalance.
 */
export class ShardHolding {
  private generation = -1;
  private shards: readonly number[] = [];
  private readonly owned = new Set<number>();

  /** kafkajs does not show the group's generation; the time orders assignments as well. */
  assigned(shards: readonly number[]): void {
    this.shards = shards;
    this.generation = Date.now();
    for (const shard of this.owned) if (!shards.includes(shard)) this.owned.delete(shard);
  }

  /** The member has begun to process the shard. */
  took(shard: number): void {
    this.owned.add(shard);
  }

  encode(): Buffer {
    const { generation, shards } = this;
    return Buffer.from(JSON.stringify({ generation, shards, awaited: shards.filter((shard) => !this.owned.has(shard)) }));
  }

  static decode(userData: Buffer): Omit<ShardClaim, 'memberId'> {
    try {
      const { generation, shards, awaited = [] } = JSON.parse(userData.toString()) as { generation?: unknown; shards?: unknown; awaited?: unknown };
      if (typeof generation === 'number' && Array.isArray(shards) && Array.isArray(awaited)) {
        return { generation, shards: shards.filter(isNumber), awaited: awaited.filter(isNumber) };
      }
    } catch {
      // A member of another version: it keeps no shards, which costs a handover.
    }
    return { generation: -1, shards: [], awaited: [] };
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

/**
 * Assigns partition p of every subscribed topic to the same member, so that one process has all of shard p; members
 * keep their shards across rebalances as far as an even share allows.
 */
export function coPartitionAssigner(holding: ShardHolding, shards: number): PartitionAssigner {
  return () => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData: holding.encode() }),
    }),
    assign: ({ members, topics }) => {
      const claims: ShardClaim[] = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        ...ShardHolding.decode(AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData ?? Buffer.alloc(0)),
      }));
      const assignment = assignShards(claims, shards);
      return Promise.resolve(members.map(({ memberId }) => {
        const partitions = assignment.get(memberId) ?? [];
        return {
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: VERSION,
            assignment: Object.fromEntries(topics.map((topic) => [topic, partitions])),
            userData: Buffer.alloc(0),
          }),
        };
      }));
    },
  });
}
