import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { readSourceStates } from './read-source-states.queries.js';

export interface KafkaPartitionState {
  readonly partition: number;
  /** Offset of the first record that is not stored yet. */
  readonly position: number;
  /** Offset that the partition's next record gets. Null: no gateway has told lately. */
  readonly end: number | null;
  readonly lag: number | null;
  /** `waiting`: no gateway reads it now. */
  readonly state: 'reading' | 'halted' | 'waiting';
  /** Where and why it is halted. */
  readonly detail: string | null;
}

export interface KafkaSourceState {
  /** `waiting`: no gateway reads the source now. */
  readonly state: 'connecting' | 'reading' | 'failing' | 'waiting';
  /** Why it is failing. */
  readonly detail: string | null;
  readonly topic: string | null;
  readonly partitions: readonly KafkaPartitionState[];
}

/** How far Kafka sources have read, as all gateways together know it. At most some ten seconds old, but for positions. */
@Injectable()
export class TopicProgress {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  /** @param source its narrow key @throws what Postgres throws */
  async of(source: number): Promise<KafkaSourceState> {
    const rows = await readSourceStates.run({ source }, this.database);
    const [first] = rows;
    return {
      state: (first?.state ?? 'waiting') as KafkaSourceState['state'],
      detail: first?.detail ?? null,
      topic: first?.topic ?? null,
      partitions: rows.flatMap(({ partition, position, end, partitionState, partitionDetail }): KafkaPartitionState[] => {
        if (partition === null || position === null) return [];
        // The end is older than the position.
        return [{
          partition, position, end: end === null ? null : Math.max(end, position), lag: end === null ? null : Math.max(end - position, 0),
          state: (partitionState ?? 'waiting') as KafkaPartitionState['state'], detail: partitionDetail,
        }];
      }),
    };
  }
}
