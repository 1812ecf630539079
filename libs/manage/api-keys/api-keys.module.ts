import { Module } from '@nestjs/common';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';

/** API keys: who may do what, and for how long. */
@Module({ imports: [ApiDatabaseModule, ListsDatabaseModule], controllers: [ApiKeysController], providers: [ApiKeysRepository, ApiKeysService] })
export class ApiKeysModule {}
