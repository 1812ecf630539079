import { z } from 'zod';
import { parseTimestamp } from '#flow/ingest/timestamp';
import { templateSetting } from '../field-template.js';

/** What a source makes events of. */
export const KAFKA_PRESETS = ['plain', 'cloudevents', 'debezium-outbox'] as const;
export type KafkaPreset = (typeof KAFKA_PRESETS)[number];

const MOST_BROKERS = 32;
/** kafkajs 2.2.4 does not read IPv6 addresses with a port. */
const BROKER = /^[A-Za-z0-9._-]+:[0-9]{1,5}$/;
/** Kafka's rule for names of topics, without `.` and `..`. */
const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

const template = templateSetting('record');

/** Settings of a source with `provider: "kafka"`. */
export const kafkaSettings = z.strictObject({
  brokers: z.array(z.string().regex(BROKER, 'must be host:port, where the host is a name or an IPv4 address')).min(1).max(MOST_BROKERS).optional().meta({ description: "`host:port` each. Default: Lockstep's own cluster", example: ['kafka-1.example.com:9093'] }),
  ssl: z.union([z.boolean(), z.strictObject({ ca: z.string().min(1).max(65_536) })]).optional()
    .meta({ description: '`ca`: the certificates, in PEM, that sign those of the brokers, if they are no public ones' }),
  sasl: z.strictObject({
    mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
    username: z.string().min(1).max(255),
    password: z.string().min(1).max(1_024).optional().meta({ description: "Stored encrypted, as the source's secret, and never shown" }),
  }).optional(),
  topic: z.string().regex(TOPIC, 'must be the name of a topic').meta({ example: 'shop.orders' }),
  startAt: z.string().refine((text) => text === 'earliest' || text === 'latest' || parseTimestamp(text) !== undefined, 'must be earliest, latest, or an RFC 3339 date and time such as 2026-01-31T12:00:00Z').default('earliest')
    .meta({ description: 'Where a topic is begun that the source has not read: `earliest`, `latest`, or the first record since an RFC 3339 time' }),
  preset: z.enum(KAFKA_PRESETS).default('plain').meta({ description: 'What records are' }),
  entity: template.optional().meta({ description: 'Where the entity comes from, whose events keep their order. Default: by the preset', example: 'record:key' }),
  type: template.optional().meta({ description: "Where an event's type comes from. Default: by the preset", example: 'order.{json:/kind}' }),
  id: template.optional().meta({ description: "Where an event's id comes from, by which repeats under other offsets are known. Default: by the preset", example: 'header:id' }),
  onInvalid: z.enum(['park', 'halt']).default('park').meta({ description: 'What happens to a record that cannot be an event: it goes to the `dlq` topic, or its partition stops there' }),
}).superRefine(({ brokers, ssl, sasl }, context) => {
  if (brokers !== undefined) return;
  // The installation's own configuration says how its cluster is reached.
  if (ssl !== undefined) context.addIssue({ code: 'custom', path: ['ssl'], message: 'is for a cluster of your own: set brokers, too' });
  if (sasl !== undefined) context.addIssue({ code: 'custom', path: ['sasl'], message: 'is for a cluster of your own: set brokers, too' });
});

export type KafkaSettings = z.infer<typeof kafkaSettings>;
