import { Module } from '@nestjs/common';
import { WebhooksModule } from '#flow/sources/webhooks/webhooks.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { EndpointsModule } from '#manage/endpoints/endpoints.module';
import { DestinationDirectory } from './destination-directory.js';
import { Destinations } from './destinations.js';
import { WebhookController } from './webhook.controller.js';

/** A read takes a millisecond. One that takes longer fails, and the requests that wait for it get a 503. */
const TIMEOUT_MS = 2_000;

/** Where webhooks arrive, and may name the URL that gets their event. */
@Module({
  // Of its own, because requests may have to wait for a read. 1: the directory sends one read at a time.
  imports: [PostgresModule.pool({ name: 'destinations', max: 1, serves: 'requests', transactionTimeoutMs: TIMEOUT_MS }), EndpointsModule, WebhooksModule],
  controllers: [WebhookController],
  providers: [DestinationDirectory, Destinations],
  exports: [DestinationDirectory],
})
export class WebhooksApiModule {}
