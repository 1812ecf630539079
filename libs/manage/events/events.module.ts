import { type DynamicModule, Module } from '@nestjs/common';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

@Module({})
export class EventsModule {
  static of(events: EventsService, deliveries: DeliveriesService): DynamicModule {
    return {
      module: EventsModule,
      controllers: [EventsController, DeliveriesController],
      providers: [
        { provide: EventsService, useValue: events },
        { provide: DeliveriesService, useValue: deliveries },
      ],
    };
  }
}
