import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SecretsModule } from '#ground/secrets/secrets.module';
import { SourceDirectory } from './source-directory.js';

/** Placeholder, dropped at the merge. */
@Module({
  imports: [PostgresModule.pool({ name: 'sources', max: 1, serves: 'requests', transactionTimeoutMs: 2_000 }), SecretsModule],
  providers: [SourceDirectory],
  exports: [SourceDirectory],
})
export class SourcesModule {}
