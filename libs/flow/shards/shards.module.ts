import { Module } from '@nestjs/common';
import { AdmissionModule } from '#flow/admission/admission.module';
import { LanesModule } from '#flow/lanes/lanes.module';
import { LeasesModule } from '#flow/leases/leases.module';
import { GroupWatch } from './group-watch.js';
import { ShardSupervisor } from './shard-supervisor.js';
import { StoreWatch } from './store-watch.js';

/** Takes shards over and hands them over. Needs the app's `ShardTransport`. */
@Module({
  imports: [LeasesModule, LanesModule, AdmissionModule],
  providers: [ShardSupervisor, GroupWatch, StoreWatch],
  exports: [ShardSupervisor, GroupWatch, StoreWatch],
})
export class ShardsModule {}
