import { z } from 'zod';
import { durationsUpTo } from '#domain/duration-pattern';
import { SOURCE_NAME, SOURCE_NAME_RULE } from '#domain/source-name';
import { SOURCE_PROVIDERS } from '#domain/source-provider';
import { CursorFormat, UINT31 } from '#ground/http/cursor';
import { pageQuery } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import { textSchema } from '#ground/http/text-schema';
import { moment } from '#manage/events/event.schema';
import { storedJson } from '#manage/metadata';

/** Secrets of a source that are valid at once. Each request may be checked against all of them. */
export const MAX_SECRETS = 10;
const MAX_OVERLAP_MS = 2_592_000_000;
/** Of the settings as JSON: PayPal's have certificates. */
const SETTINGS_BYTES = 65_536;

const nameSchema = z.string().max(128).regex(SOURCE_NAME, SOURCE_NAME_RULE).meta({ example: 'stripe' });
const secretSchema = textSchema({ min: 1, max: 4_096 });
const secretsSchema = z.array(secretSchema).max(MAX_SECRETS);
/** Any: settings are checked by provider (see source-settings.ts), and stored as they were given, without defaults. */
const settingsSchema = storedJson(SETTINGS_BYTES);

const common = {
  duplicates: z.enum(['replay', 'conflict']).meta({ description: 'What answers a duplicate of an accepted event: the first answer again, or 409' }),
  resubmit: z.enum(['none', 'requeue-dead']).meta({ description: '`requeue-dead`: a duplicate of an event with dead deliveries replays them' }),
  status: z.enum(['active', 'disabled']).meta({ description: '`disabled`: its requests are answered with 403, and its topic is not read' }),
};

export const newSourceSchema = z
  .strictObject({
    name: nameSchema,
    provider: z.enum(SOURCE_PROVIDERS, `must be one of ${SOURCE_PROVIDERS.join(', ')}`).meta({ description: 'Who sends the events, or how they are signed. `kafka`: a topic' }),
    secrets: secretsSchema.default([]).meta({ description: 'What the provider signs with, newest first. Each is tried' }),
    settings: settingsSchema.default({}),
    duplicates: common.duplicates.default('replay'),
    resubmit: common.resubmit.default('none'),
    status: common.status.default('active'),
  });
export type NewSource = z.output<typeof newSourceSchema>;

export const sourceChangeSchema = z
  .strictObject({
    name: nameSchema.optional(),
    // Accepted here only to refuse them with a reason.
    provider: z.never('can not be changed: create another source').optional(),
    secrets: z.never('are replaced by POST /v1/sources/{id}/rotate-secret').optional(),
    settings: settingsSchema.optional(),
    duplicates: common.duplicates.optional(),
    resubmit: common.resubmit.optional(),
    status: common.status.optional(),
  });
export type SourceChange = z.output<typeof sourceChangeSchema>;

export const secretRotationSchema = z
  .strictObject({
    secret: secretSchema.optional().meta({ description: 'What the provider signs with from now on' }),
    secrets: secretsSchema.min(1).optional().meta({ description: 'Several of them, newest first' }),
    overlap: z.string().regex(durationsUpTo(MAX_OVERLAP_MS), 'must be a duration such as 0s, 30m, 1h or 7d, of at most 30d').default('1h')
      .meta({ description: 'How long the secrets before stay valid' }),
  })
  .refine(({ secret, secrets }) => (secret === undefined) !== (secrets === undefined), 'must have either secret or secrets: the new secret, which the provider gives you')
  .meta({ id: 'SecretRotation', example: { secret: 'whsec_Kp0d7VtLq2mWc9Ye', overlap: '1h' } });
export type SecretRotation = z.output<typeof secretRotationSchema>;

/** The narrow key. */
export const sourceCursor = new CursorFormat(UINT31);

export const sourceQuerySchema = z.strictObject(pageQuery(sourceCursor));
export type SourceQuery = z.output<typeof sourceQuerySchema>;

const sourceExample = {
  id: 'src_0199c0de00007000800000000000beef', url: '/in/src_0199c0de00007000800000000000beef', name: 'stripe-eu', provider: 'stripe',
  secrets: [{ createdAt: '2026-01-31T12:00:00.000Z', expiresAt: null }], settings: {}, duplicates: 'replay', resubmit: 'none', status: 'active',
  state: 'active', lastAcceptedAt: '2026-01-31T12:34:56.000Z', lastRejectedAt: null, lastRejection: null,
  createdAt: '2026-01-31T12:00:00.000Z', updatedAt: '2026-01-31T12:00:00.000Z',
};

/** The resource in the API. */
export const sourceSchema = z
  .object({
    id: idSchema('src'),
    url: z.string().nullable().meta({ description: 'Where the provider sends to. With the address if LOCKSTEP_PUBLIC_URL is set, else the path; null for a topic' }),
    name: nameSchema,
    provider: z.enum(SOURCE_PROVIDERS),
    secrets: z.array(z.object({ createdAt: z.iso.datetime(), expiresAt: z.iso.datetime().nullable() })).meta({ description: 'Those that are valid, newest first. They are never shown' }),
    settings: z.record(z.string(), z.unknown()).meta({ description: 'As they were set, without the password of a Kafka cluster. `NewSource` has them by provider' }),
    duplicates: common.duplicates,
    resubmit: common.resubmit,
    status: common.status,
    state: z.enum(['active', 'idle', 'failing', 'disabled']).meta({ description: '`failing`: 5 requests or more were refused since the last one that was accepted, if that is five minutes ago or more, or there never was one, or a topic cannot be read, or one of its partitions has halted; `idle`: no request for a day' }),
    lastAcceptedAt: z.iso.datetime().nullable().meta({ description: 'Of the last request that was accepted, or was a duplicate' }),
    lastRejectedAt: z.iso.datetime().nullable(),
    lastRejection: z.object({ code: z.string(), detail: z.string() }).nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    id: 'Source',
    example: sourceExample,
  });
export type SourceResource = z.output<typeof sourceSchema>;

const offset = z.int().min(0);
const detail = z.string().nullable();

/** How far a topic is read. */
const kafkaStateSchema = z
  .object({
    state: z.enum(['connecting', 'reading', 'failing', 'waiting']).meta({ description: '`waiting`: no gateway reads it now' }),
    detail: detail.meta({ description: 'Why it is failing' }),
    topic: z.string().nullable(),
    partitions: z.array(z.object({
      partition: z.int().min(0),
      position: offset.meta({ description: 'Offset of the first record that is not stored yet' }),
      end: offset.nullable().meta({ description: 'Offset that the next record gets; null: not known now' }),
      lag: offset.nullable(),
      state: z.enum(['reading', 'halted', 'waiting']),
      detail: detail.meta({ description: 'Where and why it is halted' }),
    })),
  })
  .meta({ id: 'KafkaSourceState' });

/** One source. */
export const sourceDetailSchema = z
  .object({ ...sourceSchema.shape, kafka: kafkaStateSchema.nullable().meta({ description: 'Of a topic; null for webhooks' }) })
  .meta({ id: 'SourceDetail', example: { ...sourceExample, kafka: null } });
export type SourceDetail = z.output<typeof sourceDetailSchema>;

export const sourceStatsQuerySchema = z.strictObject({
  from: moment.optional().meta({ description: 'Minutes that begin at this moment or later. Default: a day before `to`' }),
  to: moment.optional().meta({ description: 'Minutes that begin before this moment. Default: now' }),
});
export type SourceStatsQuery = z.output<typeof sourceStatsQuerySchema>;

const outcome = z.string().meta({ description: '`accepted`, `duplicate` or the problem code of a refusal', example: 'invalid_signature' });

export const sourceStatsSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    step: z.enum(['1m', '1h', '1d']).meta({ description: '1m up to six hours, 1h up to two weeks, else 1d' }),
    outcomes: z.array(z.object({ outcome, count: z.int().min(1), lastAt: z.iso.datetime(), lastDetail: z.string().max(500) })).meta({ description: 'Of the whole time' }),
    steps: z.array(z.object({ at: z.iso.datetime(), counts: z.record(z.string(), z.int().min(1)) })).meta({ description: 'Those in which something came, oldest first' }),
  })
  .meta({
    id: 'SourceStats',
    example: {
      from: '2026-01-31T12:00:00.000Z', to: '2026-01-31T13:00:00.000Z', step: '1m',
      outcomes: [
        { outcome: 'accepted', count: 118, lastAt: '2026-01-31T12:34:56.000Z', lastDetail: '' },
        { outcome: 'invalid_signature', count: 2, lastAt: '2026-01-31T12:35:10.000Z', lastDetail: 'The signature is refused: mismatch' },
      ],
      steps: [{ at: '2026-01-31T12:34:00.000Z', counts: { accepted: 118 } }, { at: '2026-01-31T12:35:00.000Z', counts: { invalid_signature: 2 } }],
    },
  });
export type SourceStats = z.output<typeof sourceStatsSchema>;
