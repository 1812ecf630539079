import { z, type ZodObject, type ZodType } from 'zod';
import { FieldTemplate, FieldTemplateError } from '../field-template.js';
import type { WebhookProvider } from './webhook-provider.js';

const template = z.string().max(1_024).superRefine((text, context) => {
  try {
    new FieldTemplate(text);
  } catch (error) {
    if (!(error instanceof FieldTemplateError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

/** Schema of the settings of a source of this provider. */
export function webhookSettingsOf({ settings }: WebhookProvider): ZodType {
  return (settings as ZodObject).extend({ id: template.optional(), type: template.optional(), entity: template.optional(), destinations: z.array(z.string().max(2_048)).max(100).optional() });
}
