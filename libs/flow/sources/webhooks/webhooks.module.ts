import { Module } from '@nestjs/common';
import { IngestModule } from '#flow/ingest/ingest.module';
import { WebhookIntake } from './webhook-intake.js';

/** Placeholder, dropped at the merge. */
@Module({ imports: [IngestModule], providers: [WebhookIntake], exports: [WebhookIntake] })
export class WebhooksModule {}
