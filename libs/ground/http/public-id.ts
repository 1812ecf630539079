import { z } from 'zod';
import type { IdPrefix } from '#domain/ids';

/** Schema of a resource's id: a prefix and hex digits. */
export function idSchema(prefix: IdPrefix): z.ZodString {
  return schemaOf(prefix, 32);
}

/** Schema of a delivery's id, which has the event, the endpoint and the replay. */
export const deliveryIdSchema = schemaOf('dlv', 44);

/** Schema of an audit row's id. */
export const auditIdSchema = schemaOf('aud', 13);

function schemaOf(prefix: string, digits: number): z.ZodString {
  const example = `${prefix}_${'0199c0de00007000800000000000beef'.padEnd(digits, '0').slice(0, digits)}`;
  return z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{${digits}}$`), `must be an id such as ${prefix}_0199…`).meta({ example });
}
