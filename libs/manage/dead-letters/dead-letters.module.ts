import { type DynamicModule, Module } from '@nestjs/common';
import { DeliveriesService } from '#manage/events/deliveries.service';
import { DeadLettersController } from './dead-letters.controller.js';
import { ReplaysService } from './replays.service.js';

@Module({})
export class DeadLettersModule {
  static of(deliveries: DeliveriesService, replays: ReplaysService): DynamicModule {
    return {
      module: DeadLettersModule,
      controllers: [DeadLettersController],
      providers: [
        { provide: DeliveriesService, useValue: deliveries },
        { provide: ReplaysService, useValue: replays },
      ],
    };
  }
}
