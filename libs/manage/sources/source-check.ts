import type { ZodType } from 'zod';
import type { SourceProviderName, WebhookProviderName } from '#domain/source-provider';
import { kafkaSettings } from '#flow/sources/kafka/kafka-settings';
import type { WebhookProvider } from '#flow/sources/webhooks/webhook-provider';
import { webhookProviders } from '#flow/sources/webhooks/webhook-providers';
import { webhookSettingsOf } from '#flow/sources/webhooks/webhook-settings';
import { type Issue, invalidBody } from '#ground/http/schema.pipe';

/** What is wrong with settings for this provider, with paths from `/settings` on. */
export async function settingsIssuesOf(provider: SourceProviderName, settings: unknown): Promise<Issue[]> {
  const parsed = await schemaOf(provider).safeParseAsync(settings);
  return parsed.success ? [] : parsed.error.issues.map((issue) => ({ ...issue, path: ['settings', ...issue.path] }));
}

/**
 * What is wrong with secrets for this provider of webhooks.
 * @param at the path of all of them
 * @param pathOf the path of one
 */
export function secretIssuesOf(provider: WebhookProviderName, secrets: readonly string[], at: readonly string[], pathOf: (place: number) => readonly PropertyKey[]): Issue[] {
  const { secrets: needed, secretProblem } = known(provider);
  if (needed === 'none') return secrets.length === 0 ? [] : [{ path: at, message: `must be left out: ${provider} has no secrets` }];
  if (secrets.length === 0) return [{ path: at, message: `must have the secret by which ${provider} proves that it sends` }];
  return secrets.flatMap((secret, place) => {
    const message = secretProblem?.(secret);
    return message === undefined ? [] : [{ path: pathOf(place), message }];
  });
}

function schemaOf(provider: SourceProviderName): ZodType {
  return provider === 'kafka' ? kafkaSettings : webhookSettingsOf(known(provider));
}

function known(name: WebhookProviderName): WebhookProvider {
  const provider = webhookProviders[name];
  if (provider === undefined) throw invalidBody([{ path: ['provider'], message: `${name} is not supported by this release` }]);
  return provider;
}
