import { type DynamicModule, Module } from '@nestjs/common';
import { EndpointsController } from './endpoints.controller.js';
import { EndpointsService } from './endpoints.service.js';

@Module({})
export class EndpointsModule {
  static of(endpoints: EndpointsService): DynamicModule {
    return { module: EndpointsModule, controllers: [EndpointsController], providers: [{ provide: EndpointsService, useValue: endpoints }] };
  }
}
