import { z } from 'zod';
import { templateSetting } from '../field-template.js';
import { destinationsSchema } from './destination-glob.js';
import type { WebhookProvider } from './webhook-provider.js';

const template = templateSetting('request');

/** What can be set for a source of any provider. */
const usualSettings = z.strictObject({
  id: template.optional().meta({ description: "Where an event's id comes from, by which resends are known. Default: by the provider", example: 'header:x-request-id' }),
  type: template.optional().meta({ description: "Where an event's type comes from. Default: by the provider", example: 'json:/type|webhook' }),
  entity: template.optional().meta({ description: 'Where the entity comes from, whose events keep their order. Default: by the provider', example: 'json:/data/object/customer|json:/data/object/id' }),
  destinations: destinationsSchema.optional(),
});

/** The settings of a source: the provider's own, and those of every webhook source. It checks what is set. */
export function webhookSettingsOf({ settings }: Pick<WebhookProvider, 'settings'>): z.ZodType {
  // Of two strict objects, an intersection refuses the members that neither knows.
  return z.intersection(settings, usualSettings);
}

const USUAL = Object.keys(usualSettings.shape);

/** A source's settings without those of every webhook source. They need not be checked yet. */
export function ownSettingsOf(settings: unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(settings ?? {}).filter(([name]) => !USUAL.includes(name)));
}

export type UsualSettings = z.infer<typeof usualSettings>;

/** Those of every webhook source among checked settings. */
export function usualSettingsOf(settings: unknown): UsualSettings {
  return usualSettings.strip().parse(settings);
}
