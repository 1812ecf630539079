import type { EventOrigin } from '#flow/ingest/event-origin';
import type { FieldSources } from '../field-template.js';
import type { Source } from '../source.js';
import { WebhookFields } from './webhook-fields.js';
import type { ProviderContext, VerifyWebhook, WebhookProvider } from './webhook-provider.js';
import { partsOf } from './webhook-settings.js';

/** What is made once of a source's settings. */
export class PreparedSource {
  readonly verify: VerifyWebhook;
  readonly fields: WebhookFields;
  readonly known: FieldSources['known'];
  readonly origin: EventOrigin;

  constructor({ name, publicId, settings }: Source, readonly provider: WebhookProvider, context: ProviderContext) {
    const { usual, own } = partsOf(settings);
    const { fields, comparesBodies } = provider;
    this.verify = provider.verifier(own, context);
    // An id that was set for a source is one that its requests have.
    this.fields = new WebhookFields({ id: usual.id ?? fields.id, isIdOptional: usual.id === undefined && fields.isIdOptional === true, type: usual.type ?? fields.type, entity: usual.entity ?? fields.entity });
    this.known = { 'source:name': name, 'source:id': publicId };
    this.origin = { source: name, keyScope: `${publicId}/`, comparesBodies };
  }
}
