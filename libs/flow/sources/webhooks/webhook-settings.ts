import { z } from 'zod';
import { FieldTemplate, FieldTemplateError } from '../field-template.js';
import { destinationsSchema } from './destination-glob.js';
import type { WebhookProvider } from './webhook-provider.js';

const template = z.string().superRefine((text, context) => {
  try {
    new FieldTemplate(text);
  } catch (error) {
    if (!(error instanceof FieldTemplateError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

/** What can be set for a source of any provider. */
const usualSettings = z.strictObject({
  id: template.optional(),
  type: template.optional(),
  entity: template.optional(),
  destinations: destinationsSchema.optional(),
});

/** The settings of a source: the provider's own, and those of every webhook source. It checks what is set. */
export function webhookSettingsOf({ settings }: Pick<WebhookProvider, 'settings'>): z.ZodType {
  // Of two strict objects, an intersection refuses the members that neither knows.
  return z.intersection(settings, usualSettings);
}

export type UsualSettings = z.infer<typeof usualSettings>;

/** Checked settings, apart: those of every webhook source, and the provider's own. */
export function partsOf(settings: unknown): { readonly usual: UsualSettings; readonly own: Readonly<Record<string, unknown>> } {
  const { id, type, entity, destinations, ...own } = z.looseObject(usualSettings.shape).parse(settings);
  return { usual: { id, type, entity, destinations }, own };
}
