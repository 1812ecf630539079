import { Module } from '@nestjs/common';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { ListsDatabaseModule } from '#manage/lists-database.module';
import { LanesController } from './lanes.controller.js';
import { LanesService } from './lanes.service.js';
import { LanesViewRepository } from './lanes-view.repository.js';

/** The lanes API. The dispatcher's LanesModule runs the lanes. */
@Module({ imports: [ApiDatabaseModule, ListsDatabaseModule], controllers: [LanesController], providers: [LanesViewRepository, LanesService] })
export class LanesApiModule {}
