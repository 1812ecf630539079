import { Module } from '@nestjs/common';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { AuthenticationHook } from './authentication-hook.js';
import { Authenticator } from './authenticator.js';
import { TenantsRepository } from './tenants.repository.js';

/** Authentication and scopes, for all routes of the app. A route that declares no scope is refused. */
@Module({
  imports: [ApiDatabaseModule],
  providers: [TenantsRepository, Authenticator, AuthenticationHook],
  exports: [Authenticator],
})
export class AccessModule {}
