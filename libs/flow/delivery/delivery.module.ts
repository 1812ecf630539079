import { Module } from '@nestjs/common';
import { HttpClientModule } from '#ground/http-client/http-client.module';
import { NetworkModule } from '#ground/network/network.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SecretsModule } from '#ground/secrets/secrets.module';
import { AccessTokens } from './access-tokens.js';
import { AttemptClient } from './attempt-client.js';
import { EndpointDirectory } from './endpoint-directory.js';
import { TokenClient } from './token-client.js';

/** Sends attempts to the endpoints, which it knows from Postgres. */
@Module({
  // 1: the directory sends one read at a time.
  imports: [PostgresModule.pool({ name: 'endpoints', max: 1 }), HttpClientModule, NetworkModule, SecretsModule],
  providers: [EndpointDirectory, AttemptClient, TokenClient, AccessTokens],
  exports: [EndpointDirectory, AttemptClient, AccessTokens],
})
export class DeliveryModule {}
