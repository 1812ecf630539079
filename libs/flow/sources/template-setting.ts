import { z } from 'zod';
import { FieldTemplate, FieldTemplateError, type TemplatePlace } from './field-template.js';

/** The text of a template in the settings of a source. @param place what its events are made of */
export function templateSetting(place: TemplatePlace): z.ZodType<string> {
  return z.string().superRefine((text, context) => {
    try {
      new FieldTemplate(text, place);
    } catch (error) {
      if (!(error instanceof FieldTemplateError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });
}
