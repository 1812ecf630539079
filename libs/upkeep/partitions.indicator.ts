import { Injectable } from '@nestjs/common';
import { StateIndicator } from '#ground/health/indicators';
import { PartitionKeeper } from './partitions.js';

/** Up while partitions exist for at least one more day. */
@Injectable()
export class PartitionsIndicator extends StateIndicator {
  constructor(partitions: PartitionKeeper) {
    super('partitions', () => partitions.problem);
  }
}
