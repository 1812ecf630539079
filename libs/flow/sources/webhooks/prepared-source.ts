import { type EventOrigin, keyScopeOf } from '#flow/ingest/event-origin';
import type { Source } from '../source.js';
import type { FieldPlaces } from './request-fields.js';
import { WebhookFields } from './webhook-fields.js';
import type { ProviderContext, VerifyWebhook, WebhookProvider } from './webhook-provider.js';
import { ownSettingsOf, usualSettingsOf } from './webhook-settings.js';

/** What is made once of a source's settings. */
export class PreparedSource {
  readonly verify: VerifyWebhook;
  readonly fields: WebhookFields;
  readonly places: FieldPlaces;
  readonly origin: EventOrigin;

  constructor({ name, publicId, settings }: Source, readonly provider: WebhookProvider, context: ProviderContext) {
    const usual = usualSettingsOf(settings);
    const { fields, comparesBodies, jsonField } = provider;
    this.verify = provider.verifier(ownSettingsOf(settings), context);
    // An id that was set for a source is one that its requests have.
    this.fields = new WebhookFields({ id: usual.id ?? fields.id, isIdOptional: usual.id === undefined && fields.isIdOptional === true, type: usual.type ?? fields.type, entity: usual.entity ?? fields.entity });
    this.places = { known: { 'source:name': name, 'source:id': publicId }, jsonField };
    this.origin = { source: name, provider: provider.name, keyScope: keyScopeOf(publicId), comparesBodies };
  }
}
