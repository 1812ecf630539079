import { z } from 'zod';
import { durationsUpTo } from '#domain/duration-pattern';
import { CursorFormat, UINT31 } from '#ground/http/cursor';
import { pageQuery } from '#ground/http/pagination';
import { SCOPES } from '#ground/http/principal';
import { idSchema } from '#ground/http/public-id';
import { textSchema } from '#ground/http/text-schema';
import { moment } from '#manage/events/event.schema';
import { ingestRateLimitSchema } from '#manage/ingest-rate-limit';
import { tenantIdSchema } from '#manage/tenants/tenant.schema';

const MAX_OVERLAP_MS = 2_592_000_000;
const USUAL_OVERLAP = '1h';

const settings = {
  name: textSchema({ min: 1, max: 255, controls: false }).meta({ example: 'Orders service' }),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).meta({ description: '`manage` includes `read`; `admin` includes all scopes, for all tenants' }),
  expiresAt: moment.nullable().meta({ description: 'Null: never' }),
  ingestRateLimit: ingestRateLimitSchema.nullable().meta({ description: 'Of the events that this key posts; null: no limit of its own' }),
  duplicates: z.enum(['replay', 'conflict']).meta({ description: 'What answers a duplicate of an accepted event: the first answer again, or 409' }),
  resubmit: z.enum(['none', 'requeue-dead']).meta({ description: '`requeue-dead`: a duplicate of an event with dead deliveries replays them' }),
};

export const newApiKeySchema = z
  .strictObject({
    name: settings.name,
    scopes: settings.scopes,
    tenant: tenantIdSchema.optional().meta({ description: 'For admin keys; others create keys of their own tenant' }),
    expiresAt: settings.expiresAt.default(null),
    ingestRateLimit: settings.ingestRateLimit.default(null),
    duplicates: settings.duplicates.default('replay'),
    resubmit: settings.resubmit.default('none'),
  })
  .meta({ id: 'NewApiKey', example: { name: 'Orders service', scopes: ['ingest'], expiresAt: '2027-01-31T12:00:00Z', ingestRateLimit: { perSecond: 100, burst: 200 } } });
export type NewApiKey = z.output<typeof newApiKeySchema>;

export const apiKeyChangeSchema = z
  .strictObject({
    name: settings.name.optional(),
    scopes: settings.scopes.optional(),
    expiresAt: settings.expiresAt.optional(),
    ingestRateLimit: settings.ingestRateLimit.optional(),
    duplicates: settings.duplicates.optional(),
    resubmit: settings.resubmit.optional(),
  })
  .meta({ id: 'ApiKeyChange', example: { scopes: ['ingest', 'read'] } });
export type ApiKeyChange = z.output<typeof apiKeyChangeSchema>;

export const rotationSchema = z
  .strictObject({
    overlap: z.string().regex(durationsUpTo(MAX_OVERLAP_MS), 'must be a duration such as 0s, 30m, 1h or 7d, of at most 30d').default(USUAL_OVERLAP)
      .meta({ description: 'How long the key before stays valid' }),
  })
  .meta({ example: { overlap: '1h' } })
  .nullish()
  .transform((body) => body ?? { overlap: USUAL_OVERLAP });
export type Rotation = z.output<typeof rotationSchema>;

/** The narrow key. */
export const apiKeyCursor = new CursorFormat(UINT31);

export const apiKeyQuerySchema = z.strictObject(pageQuery(apiKeyCursor));
export type ApiKeyQuery = z.output<typeof apiKeyQuerySchema>;

const EXAMPLE = {
  id: 'key_0199c0de00007000800000000000beef', tenant: 'acme', name: 'Orders service', prefix: 'lsk_Zk3vR8uQ1xYw', scopes: ['ingest'], expiresAt: null,
  ingestRateLimit: { perSecond: 100, burst: 200 }, duplicates: 'replay', resubmit: 'none', previousExpiresAt: null, lastUsedAt: '2026-01-31T12:00:00.000Z',
  createdBy: 'admin', createdAt: '2026-01-31T12:00:00.000Z', updatedAt: '2026-01-31T12:00:00.000Z',
} as const;

/** The resource in the API. */
export const apiKeySchema = z
  .object({
    id: idSchema('key'),
    tenant: tenantIdSchema,
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the key, which are no secret' }),
    scopes: z.array(z.enum(SCOPES)),
    expiresAt: z.iso.datetime().nullable(),
    ingestRateLimit: ingestRateLimitSchema.nullable(),
    duplicates: settings.duplicates,
    resubmit: settings.resubmit,
    previousExpiresAt: z.iso.datetime().nullable().meta({ description: 'Until when the key before the last rotation is valid, while it is' }),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To within a minute' }),
    createdBy: z.string().meta({ description: '`admin`, or the id of the key that created it' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'ApiKey', example: EXAMPLE });
export type ApiKey = z.output<typeof apiKeySchema>;

/** The answers that have the key itself. */
export const shownApiKeySchema = apiKeySchema
  .extend({ key: z.string().regex(/^lsk_[A-Za-z0-9_-]{48}$/).meta({ description: 'Shown only in this answer' }) })
  .meta({ id: 'ShownApiKey', example: { ...EXAMPLE, key: `${EXAMPLE.prefix}…` } });
export type ShownApiKey = z.output<typeof shownApiKeySchema>;
