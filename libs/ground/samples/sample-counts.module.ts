import { Module } from '@nestjs/common';
import { Samples } from './samples.js';

/** What is counted in memory. A module of its own, because whoever counts needs no database for it. */
@Module({ providers: [Samples], exports: [Samples] })
export class SampleCountsModule {}
