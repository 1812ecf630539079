import { Module } from '@nestjs/common';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { TenantsController } from './tenants.controller.js';
import { TenantsRepository } from './tenants.repository.js';
import { TenantsService } from './tenants.service.js';

/** Tenants: whose events, endpoints and keys. */
@Module({ imports: [ApiDatabaseModule, ListsDatabaseModule], controllers: [TenantsController], providers: [TenantsRepository, TenantsService] })
export class TenantsModule {}
