import { z } from 'zod';
import { SOURCE_PROVIDERS, type SourceProviderName } from '#domain/source-provider';
import { providerOf } from '#flow/sources/webhooks/webhook-providers';
import { newSourceSchema, sourceChangeSchema } from './source.schema.js';
import { pascalCaseOf, settingsSchemas } from './source-settings.js';

const { provider: anyProvider, secrets: anySecrets } = newSourceSchema.shape;
const secretsOf = {
  required: anySecrets.removeDefault().min(1).meta(anySecrets.meta() ?? {}),
  none: z.array(z.string()).max(0).optional(),
};

const nameOf = (provider: SourceProviderName): string => `New${pascalCaseOf(provider)}Source`;

const [first, ...others] = SOURCE_PROVIDERS.map((provider) => {
  const settings = settingsSchemas[provider];
  return newSourceSchema
    .extend({
      provider: z.literal(provider).meta(anyProvider.meta() ?? {}),
      // A topic's password is among its settings.
      secrets: secretsOf[providerOf(provider)?.secrets ?? 'none'],
      settings: settings.safeParse({}).success ? settings.optional() : settings,
    })
    .meta({ id: nameOf(provider) });
});
if (first === undefined) throw new Error('There are no providers of sources');

/** The body that creates a source, in the OpenAPI document. `newSourceSchema` checks it, and source-check.ts the rest. */
export const documentedNewSource = z.discriminatedUnion('provider', [first, ...others]).meta({
  id: 'NewSource',
  discriminator: { propertyName: 'provider', mapping: Object.fromEntries(SOURCE_PROVIDERS.map((provider) => [provider, `#/components/schemas/${nameOf(provider)}`])) },
  example: { name: 'stripe-eu', provider: 'stripe', secrets: ['whsec_b2Yw4kOxNfXq1ZsR'], duplicates: 'replay' },
});

/** The body that changes a source, in the OpenAPI document, as `documentedNewSource`. */
export const documentedSourceChange = sourceChangeSchema
  .extend({ settings: z.union([...new Set(Object.values(settingsSchemas))]).optional().meta({ description: 'Replace all settings. Those of the provider' }) })
  .meta({ id: 'SourceChange', example: { status: 'disabled' } });
