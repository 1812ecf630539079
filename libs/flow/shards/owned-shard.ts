import type { LogPosition } from '#flow/admission/admission.repository';
import type { ShardLanes } from '#flow/lanes/shard-lanes';

/** A shard whose lease is ours, and how far its log is read. */
export interface OwnedShard {
  readonly lanes: ShardLanes;
  /** Where its log goes on; elsewhere there is a gap, or the log was made anew. */
  position: LogPosition;
  /** Whether the log was seen to be the one that `position` speaks of, since its partition was opened. */
  checked: boolean;
  /** Counts the openings of its partition: what was begun under an earlier one must not move the position. */
  openings: number;
  /** Whether its events are being admitted from Postgres, before the log is read on. */
  repairing: boolean;
  /** Whether the log may have been made anew once more meanwhile. */
  repairAgain: boolean;
  /** Whether its lanes are loaded, so that its log may be read. */
  loaded: boolean;
  /** Resolves when the shard is given up; set once that has begun. */
  ending: Promise<void> | undefined;
}
