import type { SourceProviderName, WebhookProviderName } from '#domain/source-provider';
import { providerOf, webhookProviders } from '#flow/sources/webhooks/webhook-providers';
import { ownSettingsOf } from '#flow/sources/webhooks/webhook-settings';
import type { Issue } from '#ground/http/schema.pipe';
import { settingsSchemas } from './source-settings.js';

/** What is wrong with settings for this provider, with paths from `/settings` on. */
export async function settingsIssuesOf(provider: SourceProviderName, settings: unknown): Promise<Issue[]> {
  const parsed = await settingsSchemas[provider].safeParseAsync(settings, { error: ({ code, input }) => (code === 'invalid_type' && input === undefined ? 'is required' : undefined) });
  return parsed.success ? [] : parsed.error.issues.map((issue) => ({ ...issue, path: ['settings', ...issue.path] }));
}

/**
 * What is wrong with secrets for this provider of webhooks. What they must be like may depend on the settings; with wrong ones
 * they are checked against the defaults, if there are any.
 * @param at the path of all of them
 * @param pathOf the path of one
 */
export function secretIssuesOf(provider: WebhookProviderName, settings: unknown, secrets: readonly string[], at: readonly string[], pathOf: (place: number) => readonly PropertyKey[]): Issue[] {
  const { secrets: needed, secretProblem, settings: schema } = webhookProviders[provider];
  if (needed === 'none') return secrets.length === 0 ? [] : [{ path: at, message: `must be left out: ${provider} has no secrets` }];
  if (secrets.length === 0) return [{ path: at, message: `must have the secret with which ${provider} signs or signs in` }];
  const checked = [ownSettingsOf(settings), {}].find((each) => schema.safeParse(each).success);
  if (secretProblem === undefined || checked === undefined) return [];
  return secrets.flatMap((secret, place) => {
    const message = secretProblem(secret, checked);
    return message === undefined ? [] : [{ path: pathOf(place), message }];
  });
}

/**
 * What is wrong with a source whose signatures cover the URL, while no public URL is configured. Wrong settings are left to
 * `settingsIssuesOf`.
 * @param at the path of what says so
 */
export function publicUrlIssuesOf(provider: SourceProviderName, settings: unknown, publicUrl: string | undefined, at: string): Issue[] {
  const { signsUrl, settings: schema } = providerOf(provider) ?? {};
  const own = ownSettingsOf(settings);
  if (publicUrl !== undefined || schema?.safeParse(own).success !== true || signsUrl?.(own) !== true) return [];
  return [{ path: [at], message: 'needs LOCKSTEP_PUBLIC_URL, because the signature covers the URL: set it for the gateways to what the URL begins with, such as https://hooks.example.com' }];
}
