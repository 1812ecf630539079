import { z } from 'zod';

/** A text that Postgres can store. */
const text = z.string().min(1).max(255).refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), 'must not hold control characters');

export const newOrderSchema = z
  .strictObject({
    userId: text.meta({ example: 'user-1' }),
    amount: z.int('must be a whole number').positive('must be positive').meta({ description: 'In minor units (cents)', example: 4_200 }),
  })
  .meta({ id: 'NewOrder' });
export type NewOrder = z.output<typeof newOrderSchema>;

export const orderSchema = z
  .object({
    id: z.string().meta({ example: 'ord_0199c0de00007000800000000000beef' }),
    userId: z.string(),
    amount: z.int().meta({ description: 'In minor units (cents)' }),
    status: z.enum(['created', 'paid', 'confirmed', 'cancelled']),
    createdAt: z.string(),
  })
  .meta({ id: 'Order' });
export type Order = z.output<typeof orderSchema>;
