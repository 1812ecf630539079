import { Module } from '@nestjs/common';
import { OutsideController } from './outside.controller.js';

/** A bank and a warehouse, which in a real shop are other systems. */
@Module({ controllers: [OutsideController] })
export class OutsideModule {}
