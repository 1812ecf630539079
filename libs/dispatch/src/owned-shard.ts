import type { ShardLanes } from '#lanes/shard-lanes';

/** A shard whose lease is ours, and how far its log is read. */
export interface OwnedShard {
  readonly lanes: ShardLanes;
  /** Offset of the next record in the log; another one there means that the log has a gap or was made anew. */
  expectedOffset: number;
  /** Whether its lanes are loaded, so that its log may be read. */
  loaded: boolean;
  /** Resolves when the shard is given up; set once that has begun. */
  ending: Promise<void> | undefined;
}
