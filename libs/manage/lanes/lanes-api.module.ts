import { Module } from '@nestjs/common';
import { ApiDatabaseModule } from '#manage/api-database.module';
import { LanesController } from './lanes.controller.js';
import { LanesService } from './lanes.service.js';
import { LanesViewRepository } from './lanes-view.repository.js';

/** Lanes as operators see and mark them; the dispatcher's LanesModule runs them. */
@Module({ imports: [ApiDatabaseModule], controllers: [LanesController], providers: [LanesViewRepository, LanesService] })
export class LanesApiModule {}
