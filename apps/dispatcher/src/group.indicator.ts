import { Injectable } from '@nestjs/common';
import { StateIndicator } from '#ground/health/indicators';
import { ShardTransport } from '#ground/kafka/shard-transport';

/** Up while this process is a member of the group. */
@Injectable()
export class GroupIndicator extends StateIndicator {
  constructor(member: ShardTransport) {
    super('group', () => (member.isMember ? undefined : 'not a member of the group'));
  }
}
