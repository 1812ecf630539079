import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { AuthenticationHook } from './authentication-hook.js';
import { Authenticator } from './authenticator.js';
import { ScopeGuard } from './scope.guard.js';
import { TenantsRepository } from './tenants.repository.js';

/** Who may call the API. For the whole app: all its routes are refused unless they declare who may call them. */
@Module({
  imports: [ApiDatabaseModule],
  providers: [TenantsRepository, Authenticator, AuthenticationHook, { provide: APP_GUARD, useClass: ScopeGuard }],
  exports: [Authenticator],
})
export class AccessModule {}
