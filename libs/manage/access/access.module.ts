import { Module } from '@nestjs/common';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { AccessDirectory } from './access-directory.js';
import { AuthenticationHook } from './authentication-hook.js';
import { Authenticator } from './authenticator.js';
import { KeyUses } from './key-uses.js';

/** A read takes a millisecond. One that takes longer fails, and the requests that wait for it get a 503. */
const TIMEOUT_MS = 2_000;

/** Authentication and scopes, for all routes of the app. A route that declares no scope is refused. */
@Module({
  // Of its own, because every request may have to wait for a read. 1: keys and tenants send one short read each at a time.
  imports: [PostgresModule.pool({ name: 'access', max: 1, serves: 'requests', transactionTimeoutMs: TIMEOUT_MS }), HousekeepingDatabaseModule],
  providers: [AccessDirectory, Authenticator, AuthenticationHook, KeyUses],
  exports: [AccessDirectory, Authenticator, KeyUses],
})
export class AccessModule {}
