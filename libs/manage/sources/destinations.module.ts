import { Global, Module } from '@nestjs/common';
import { DestinationFinder } from '#flow/sources/webhooks/destination-finder';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { EndpointsModule } from '#manage/endpoints/endpoints.module';
import { DestinationDirectory } from './destination-directory.js';
import { Destinations } from './destinations.js';

/** A read takes a millisecond. One that takes longer fails, and the requests that wait for it get a 503. */
const TIMEOUT_MS = 2_000;

/** The URLs that requests to sources may name. Global, because webhooks need it, and stand below what is managed. */
@Global()
@Module({
  // Of its own, because requests may have to wait for a read. 1: the directory sends one read at a time.
  imports: [PostgresModule.pool({ name: 'destinations', max: 1, serves: 'requests', transactionTimeoutMs: TIMEOUT_MS }), EndpointsModule],
  providers: [DestinationDirectory, Destinations, { provide: DestinationFinder, useExisting: Destinations }],
  exports: [DestinationDirectory, DestinationFinder],
})
export class DestinationsModule {}
