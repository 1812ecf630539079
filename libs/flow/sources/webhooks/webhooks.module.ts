import { Module } from '@nestjs/common';
import { EventTypesModule } from '#flow/event-types/event-types.module';
import { IngestModule } from '#flow/ingest/ingest.module';
import { RateLimitsModule } from '#flow/rate-limits/rate-limits.module';
import { RejectionCountsModule } from '#ground/http/rejections.module';
import { AddressPolicy } from '#ground/network/address-policy';
import { NetworkModule } from '#ground/network/network.module';
import { SourcesModule } from '../sources.module.js';
import { CertificateFetcher } from './certificate-fetcher.js';
import { WebhookIntake } from './webhook-intake.js';
import { WebhookRoutes } from './webhook-routes.js';

/** Accepts events that others send as webhooks. `WebhooksApiModule` has the routes. */
@Module({
  imports: [SourcesModule, IngestModule, EventTypesModule, RateLimitsModule, RejectionCountsModule, NetworkModule],
  providers: [
    { provide: CertificateFetcher, inject: [AddressPolicy], useFactory: (addresses: AddressPolicy) => new CertificateFetcher(addresses) },
    WebhookIntake,
    WebhookRoutes,
  ],
  exports: [WebhookIntake, WebhookRoutes],
})
export class WebhooksModule {}
