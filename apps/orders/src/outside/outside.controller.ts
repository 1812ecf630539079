import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type pg from 'pg';
import { z } from 'zod';
import { mintId, parsePublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { answering } from '#ground/postgres/answering-database';
import { Idempotent, IdempotentTransaction } from '#idempotency/idempotent';
import { type Database, databaseOf } from '#ground/postgres/pool';
import { StartedGuard } from '../started.guard.js';
import { addPayment } from './add-payment.queries.js';
import { addShipment } from './add-shipment.queries.js';

/** Above these amounts, in minor units, the bank refuses to pay and the warehouse to ship, which shows the saga's compensation. */
const CARD_LIMIT = 1_000_000;
const PARCEL_LIMIT = 500_000;

const requestSchema = z.strictObject({ orderId: z.string(), amount: z.int().positive() });
type OutsideRequest = z.output<typeof requestSchema>;

interface OutsideAnswer {
  readonly result: 'done' | 'refused';
}

/**
 * A bank and a warehouse, as other companies would run them: the saga reaches them only by HTTP. They require an
 * idempotency key and store it together with their work. A refusal is stored too. Keys expire, but payments and shipments
 * stay unique per order: a repeat after the key has expired does nothing.
 */
@ApiTags('outside')
@Controller('outside')
@UseGuards(StartedGuard)
export class OutsideController {
  @Post('payments')
  @Idempotent({ transaction: true })
  async pay(@Body({ schema: requestSchema }) request: OutsideRequest, @IdempotentTransaction() client: pg.ClientBase): Promise<OutsideAnswer> {
    if (request.amount > CARD_LIMIT) return { result: 'refused' };
    await addPayment.run({ id: mintId(), orderId: uuidOf(request), amount: request.amount }, answeringOn(client));
    return { result: 'done' };
  }

  @Post('refunds')
  @Idempotent({ transaction: true })
  async refund(@Body({ schema: requestSchema }) request: OutsideRequest, @IdempotentTransaction() client: pg.ClientBase): Promise<OutsideAnswer> {
    await addPayment.run({ id: mintId(), orderId: uuidOf(request), amount: -request.amount }, answeringOn(client));
    return { result: 'done' };
  }

  @Post('shipments')
  @Idempotent({ transaction: true })
  async ship(@Body({ schema: requestSchema }) request: OutsideRequest, @IdempotentTransaction() client: pg.ClientBase): Promise<OutsideAnswer> {
    if (request.amount > PARCEL_LIMIT) return { result: 'refused' };
    await addShipment.run({ id: mintId(), orderId: uuidOf(request) }, answeringOn(client));
    return { result: 'done' };
  }
}

/** Without Postgres the answer is 503, with an unknown outcome; a repeat with the same key learns it. */
function answeringOn(client: pg.ClientBase): Database {
  return answering(databaseOf(client));
}

function uuidOf({ orderId }: OutsideRequest): string {
  const uuid = parsePublicId('ord', orderId);
  if (uuid === undefined) throw new LockstepError('invalid_request', '/orderId is not an order', { errors: [{ path: '/orderId', message: 'is not an order' }] });
  return uuid;
}
