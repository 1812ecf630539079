import { z } from 'zod';

/** Schema of the settings of a source that reads a topic. */
export const kafkaSettings = z.strictObject({
  brokers: z.array(z.string()).min(1).optional(),
  ssl: z.boolean().optional(),
  sasl: z.strictObject({ mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']), username: z.string().min(1), password: z.string().min(1) }).optional(),
  topic: z.string().min(1).max(249),
  startAt: z.string().optional(),
  preset: z.enum(['plain', 'cloudevents', 'debezium-outbox']).optional(),
  entity: z.string().optional(),
  type: z.string().optional(),
  id: z.string().optional(),
  onInvalid: z.enum(['park', 'halt']).optional(),
});
