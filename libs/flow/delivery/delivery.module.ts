import { Module } from '@nestjs/common';
import { HttpClientModule } from '#ground/http-client/http-client.module';
import { NetworkModule } from '#ground/network/network.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SecretsModule } from '#ground/secrets/secrets.module';
import { AttemptClient } from './attempt-client.js';
import { EndpointDirectory } from './endpoint-directory.js';

/** Sends attempts to the endpoints, which it knows from Postgres. */
@Module({
  // 1: the directory sends one read at a time.
  imports: [PostgresModule.pool({ name: 'endpoints', max: 1 }), HttpClientModule, NetworkModule, SecretsModule],
  providers: [EndpointDirectory, AttemptClient],
  exports: [EndpointDirectory, AttemptClient],
})
export class DeliveryModule {}
