import { UnverifiableError, type WebhookRequest } from './webhook-provider.js';

/**
 * The address that a provider requested, where its signature covers that too. Behind a proxy, only the setting tells it.
 * @throws UnverifiableError, until LOCKSTEP_PUBLIC_URL is set
 */
export function publicUrlOf({ publicUrl, target }: WebhookRequest): string {
  if (publicUrl !== undefined) return publicUrl;
  const [path] = target.split('?', 1);
  throw new UnverifiableError(`The signature covers the URL, which is not known: set LOCKSTEP_PUBLIC_URL to the beginning of the URL that the provider requests, without ${path ?? ''}`);
}
