import { Module } from '@nestjs/common';
import { SampleCountsModule } from '#ground/samples/sample-counts.module';
import { Samples } from '#ground/samples/samples';
import { Rejections } from './rejections.js';

/** What ingest refuses, counted in memory. A module of its own, because ingest and the problem filter share the counts. */
@Module({
  imports: [SampleCountsModule],
  providers: [{ provide: Rejections, inject: [Samples], useFactory: (samples: Samples) => new Rejections(samples) }],
  exports: [Rejections],
})
export class RejectionCountsModule {}
