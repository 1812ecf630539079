import { z } from 'zod';
import { TENANT_ID } from '#domain/tenant';
import { CursorFormat, UINT31 } from '#ground/http/cursor';
import { pageQuery } from '#ground/http/pagination';
import { textSchema } from '#ground/http/text-schema';
import { ingestRateLimitSchema } from '#manage/ingest-rate-limit';
import { metadataSchema } from '#manage/metadata';

export const tenantIdSchema = z.string().regex(TENANT_ID, 'must have 1 to 63 lower-case letters, digits, _ and -, and begin with a letter or digit').meta({ example: 'acme' });

const name = textSchema({ max: 255, controls: false });

/** The body of a PUT. What is left out stays as it is; in a new tenant it has the default. */
export const tenantSettingsSchema = z
  .strictObject({
    name: name.optional(),
    metadata: metadataSchema.optional(),
    status: z.enum(['active', 'disabled']).optional().meta({ description: '`disabled`: its API keys are refused with 403. Its deliveries go on' }),
    ingestRateLimit: ingestRateLimitSchema.nullable().optional().meta({ description: 'Of all events of the tenant; null: no limit' }),
    unknownEventTypes: z.enum(['accept', 'reject']).optional().meta({ description: 'Whether events of types that are not registered are refused' }),
  })
  .meta({ id: 'TenantSettings', example: { name: 'Acme Inc.', status: 'active', ingestRateLimit: { perSecond: 500, burst: 1_000 } } });
export type TenantSettings = z.output<typeof tenantSettingsSchema>;

export const tenantCursor = new CursorFormat(UINT31);

export const tenantQuerySchema = z.strictObject(pageQuery(tenantCursor));
export type TenantQuery = z.output<typeof tenantQuerySchema>;

/** The resource in the API. */
export const tenantSchema = z
  .object({
    id: tenantIdSchema,
    name,
    metadata: z.record(z.string(), z.unknown()),
    status: z.enum(['active', 'disabled']),
    ingestRateLimit: ingestRateLimitSchema.nullable(),
    unknownEventTypes: z.enum(['accept', 'reject']),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    id: 'Tenant',
    example: {
      id: 'acme', name: 'Acme Inc.', metadata: {}, status: 'active', ingestRateLimit: { perSecond: 500, burst: 1_000 }, unknownEventTypes: 'accept',
      createdAt: '2026-01-31T12:00:00.000Z', updatedAt: '2026-01-31T12:00:00.000Z',
    },
  });
export type Tenant = z.output<typeof tenantSchema>;
