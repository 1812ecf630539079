/**
 * The first migration creates it. The installation's admin key acts on it unless it names another, and so do apps that
 * serve one tenant. No other code names a tenant.
 */
export const DEFAULT_TENANT = 'default';

export const TENANT_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Whether a text can be the id of a tenant. */
export function isTenantId(text: string): boolean {
  return TENANT_ID.test(text);
}
