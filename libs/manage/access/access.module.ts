import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { AuthenticationHook } from './authentication-hook.js';
import { Authenticator } from './authenticator.js';
import { ScopeGuard } from './scope.guard.js';
import { TenantsRepository } from './tenants.repository.js';

/** Authentication and scopes, for all routes of the app. A route that declares no scope is refused. */
@Module({
  imports: [ApiDatabaseModule],
  providers: [TenantsRepository, Authenticator, AuthenticationHook, { provide: APP_GUARD, useClass: ScopeGuard }],
  exports: [Authenticator],
})
export class AccessModule {}
