import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { SOURCE_PROVIDERS } from '#domain/source-provider';
import { documentedNewSource, documentedSourceChange } from './source.openapi.js';
import { settingsIssuesOf } from './source-check.js';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly { readonly $ref: string }[];
  readonly anyOf?: readonly { readonly $ref: string }[];
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly discriminator?: { readonly mapping: Readonly<Record<string, string>> };
}

const definitionsOf = (schema: z.ZodType): Readonly<Record<string, Schema>> => (z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }) as object as { definitions: Record<string, Schema> }).definitions;

const definitions = definitionsOf(documentedNewSource);
const named = (path: string | undefined): Schema => definitions[path?.split('/').at(-1) ?? ''] ?? {};
const mapping = definitions['NewSource']?.discriminator?.mapping ?? {};
const settingsOf = (provider: string): Schema => {
  const { allOf, $ref } = named(mapping[provider]).properties?.['settings'] ?? {};
  return named($ref ?? allOf?.[0]?.$ref);
};
const USUAL = ['id', 'type', 'entity', 'destinations'];

it('shows the settings of each provider', () => {
  expect(Object.keys(mapping)).toEqual(SOURCE_PROVIDERS);
  expect(SOURCE_PROVIDERS.map((provider) => named(mapping[provider]).properties?.['provider']?.enum)).toEqual(SOURCE_PROVIDERS.map((provider) => [provider]));
  const shown = Object.fromEntries(SOURCE_PROVIDERS.map((provider) => [provider, Object.keys(settingsOf(provider).properties ?? {})]));
  const own = { hmac: ['algorithm', 'encoding', 'header', 'prefix', 'signedContent', 'timestamp', 'timestampFormat', 'tolerance', 'secretEncoding'], none: ['networks'], paypal: ['webhookId', 'certificates'] };
  expect(shown).toEqual({
    ...Object.fromEntries(SOURCE_PROVIDERS.map((provider) => [provider, [...(own[provider as keyof typeof own] ?? []), ...USUAL]])),
    kafka: ['brokers', 'ssl', 'sasl', 'topic', 'startAt', 'preset', 'entity', 'type', 'id', 'onInvalid'],
  });
});

it.each(SOURCE_PROVIDERS)('requires of %s what its check requires, and allows no other members', async (provider) => {
  const required = (await settingsIssuesOf(provider, {})).map(({ path }) => path?.at(-1));
  expect(settingsOf(provider).required ?? []).toEqual(required);
  expect(named(mapping[provider]).required?.includes('settings')).toBe(required.length > 0);
  expect([settingsOf(provider).additionalProperties, (await settingsIssuesOf(provider, { colour: 'red' })).some(({ keys }) => keys?.includes('colour') === true)]).toEqual([false, true]);
});

it('shows which providers have secrets', () => {
  const shown = SOURCE_PROVIDERS.map((provider) => [provider, named(mapping[provider]).properties?.['secrets']] as const);
  expect(shown.filter(([, secrets]) => secrets?.maxItems === 0).map(([provider]) => provider)).toEqual(['paypal', 'none', 'kafka']);
  expect(shown.filter(([, secrets]) => secrets?.minItems === 1 && secrets.maxItems === 10)).toHaveLength(SOURCE_PROVIDERS.length - 3);
});

it('shows the settings of all providers for a change', () => {
  expect(definitionsOf(documentedSourceChange)['SourceChange']?.properties?.['settings']?.anyOf?.map(({ $ref }) => $ref.split('/').at(-1)).sort())
    .toEqual(['HmacSettings', 'KafkaSettings', 'NoneSettings', 'PaypalSettings', 'WebhookSettings']);
});
