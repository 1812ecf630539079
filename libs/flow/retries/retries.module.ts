import { Module } from '@nestjs/common';
import { RetryReader } from './retry-reader.js';
import { RetryTopicsController } from './retry-topics.controller.js';

/** Reads the retry tiers, and gives each token that is due to the handler that `RetryReader` was given. */
@Module({ controllers: [RetryTopicsController], providers: [RetryReader], exports: [RetryReader] })
export class RetriesModule {}
