import { Module } from '@nestjs/common';
import { Rejections } from './rejections.js';

/** What ingest refuses, counted in memory. A module of its own, because ingest and the problem filter share the counts. */
@Module({ providers: [{ provide: Rejections, useFactory: () => new Rejections() }], exports: [Rejections] })
export class RejectionCountsModule {}
