import { z } from 'zod';

const ADMIN = 'For the scope `admin`; otherwise null';

const waiting = z.object({
  waiting: z.int().min(0).max(10_000).nullable().meta({ description: `Rows that are not in Kafka yet, of which 10,000 are counted. ${ADMIN}` }),
  oldestAt: z.iso.datetime().nullable().meta({ description: 'Since when the oldest of them waits' }),
});

const processSchema = z.object({
  id: z.uuid().meta({ description: 'Another one after each start' }),
  app: z.string().meta({ example: 'dispatcher' }),
  version: z.string().nullable().meta({ description: ADMIN }),
  status: z.enum(['running', 'lost']).meta({ description: '`lost`: it ended without a word in the last hour, or cannot reach Postgres' }),
  startedAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
  host: z.string().nullable().meta({ description: ADMIN }),
  pid: z.int().min(0).nullable().meta({ description: ADMIN }),
}).meta({ id: 'SystemProcess' });

const shardSchema = z.object({
  shard: z.int().min(0),
  status: z.enum(['owned', 'free']).meta({ description: '`free`: no dispatcher owns it, so its events are neither admitted nor delivered' }),
  owner: z.uuid().nullable().meta({ description: 'The process that has the lease, or had it last' }),
  epoch: z.int().min(0).meta({ description: 'Counts its owners' }),
  leaseExpiresAt: z.iso.datetime(),
  relay: z.uuid().nullable().meta({ description: 'The gateway that sends its events to Kafka' }),
  outbox: waiting.meta({ description: 'Accepted events' }),
  dispatchOutbox: waiting.meta({ description: 'Retry tokens, dead letters and nudges' }),
  nextOffset: z.int().min(0).nullable().meta({ description: `The first record of its log that is not admitted. ${ADMIN}` }),
  lag: z.int().min(0).nullable().meta({ description: 'Records behind that one. Null while Kafka does not answer, and without the scope `admin`' }),
  caughtUpAt: z.iso.datetime().meta({ description: 'When there was nothing left to admit' }),
}).meta({ id: 'SystemShard' });

export const systemSchema = z
  .object({
    at: z.iso.datetime(),
    version: z.string().nullable().meta({ description: `Of the gateway that answers. ${ADMIN}` }),
    processes: z.array(processSchema).max(1_000).meta({ description: 'Gateways and dispatchers' }),
    shards: z.array(shardSchema).meta({ description: 'One for each partition of the topic `events`' }),
    relay: z.object({
      waiting: z.int().min(0).nullable().meta({ description: `Of all shards together. ${ADMIN}` }),
      oldestAt: z.iso.datetime().nullable(),
    }),
    partitions: z.object({
      until: z.iso.datetime().nullable().meta({ description: 'Tables have room for events that are accepted before. Null: for ten days and more' }),
      status: z.enum(['ok', 'failing']),
      problem: z.string().nullable().meta({ description: ADMIN }),
    }),
    topics: z.object({
      names: z.array(z.string()).nullable().meta({ description: ADMIN }),
      partitions: z.int().min(1).meta({ description: 'Of each of them' }),
      status: z.enum(['ok', 'degraded', 'failing']),
      problem: z.string().nullable().meta({ description: ADMIN }),
    }),
  })
  .meta({ id: 'System' });
export type System = z.output<typeof systemSchema>;
