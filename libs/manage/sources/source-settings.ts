import type { z } from 'zod';
import { SOURCE_PROVIDERS, type SourceProviderName } from '#domain/source-provider';
import { kafkaSettings } from '#flow/sources/kafka/kafka-settings';
import { NO_SETTINGS } from '#flow/sources/webhooks/webhook-provider';
import { webhookProviders } from '#flow/sources/webhooks/webhook-providers';
import { webhookSettingsOf } from '#flow/sources/webhooks/webhook-settings';

/** Of providers without settings of their own. */
const usual = webhookSettingsOf({ settings: NO_SETTINGS }).meta({ id: 'WebhookSettings' });

/** The settings of sources by provider. They check what is set, and are what the OpenAPI document shows. */
export const settingsSchemas = Object.fromEntries(SOURCE_PROVIDERS.map((provider) => [provider, schemaOf(provider)])) as Readonly<Record<SourceProviderName, z.ZodType>>;

function schemaOf(provider: SourceProviderName): z.ZodType {
  const id = `${pascalCaseOf(provider)}Settings`;
  if (provider === 'kafka') return kafkaSettings.meta({ id });
  const own = webhookProviders[provider];
  return own.settings === NO_SETTINGS ? usual : webhookSettingsOf(own).meta({ id });
}

/** A provider's name within the names of schemas. */
export function pascalCaseOf(provider: SourceProviderName): string {
  return provider.split('-').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}
