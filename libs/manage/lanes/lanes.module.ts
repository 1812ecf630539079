import { type DynamicModule, Module } from '@nestjs/common';
import { LanesController } from './lanes.controller.js';
import { LanesService } from './lanes.service.js';

@Module({})
export class LanesModule {
  static of(lanes: LanesService): DynamicModule {
    return { module: LanesModule, controllers: [LanesController], providers: [{ provide: LanesService, useValue: lanes }] };
  }
}
