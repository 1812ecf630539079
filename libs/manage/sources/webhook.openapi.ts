import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiParam, ApiTags } from '@nestjs/swagger';
import { Documented, DocumentedAnswer } from '#ground/http/openapi';
import { RATE_LIMIT_HEADERS } from '#ground/http/openapi-document';

const ANYTHING = { type: 'string', format: 'binary', description: 'Anything; delivered to the endpoints byte for byte, with its content type' };

/** The route in the OpenAPI document. */
export function DocumentReceiveWebhook(): MethodDecorator {
  return applyDecorators(
    ApiTags('sources'),
    ApiParam({ name: 'source', description: 'The id of a source, or the name of one of the tenant `default`', schema: { type: 'string', example: 'stripe' } }),
    ApiHeader({
      name: 'X-Destination-URL', required: false,
      description: 'The only URL that gets the event. A glob in `settings.destinations` of the source must match it. An endpoint with this URL is made if the tenant has none',
      schema: { type: 'string', maxLength: 2_048, pattern: '^[!-~]+$', example: 'https://hooks.example.com/orders' },
    }),
    ApiBody({ required: false, schema: ANYTHING }),
    DocumentedAnswer({ status: 202, answer: 'The same, of sources of generic providers: as `POST /v1/events` answers' }),
    Documented({
      summary: 'Receive a webhook',
      description: 'For the provider of the source, whose signature stands for an API key. Answered when the event is on disk, as the provider expects. A webhook that is sent again, by its id, is answered in the same way, with `Idempotent-Replayed: true`, unless the source says `duplicates: conflict`. `POST /stripe/webhook` is the same as `/in/stripe`, and `POST /webhooks` as `/in/webhooks`.',
      status: 200,
      answer: 'The event is stored and will be delivered; or the request brought no event, such as the check of an address',
      headers: { 'Idempotent-Replayed': '`true` if an event with this id was accepted before', ...RATE_LIMIT_HEADERS },
      problems: ['invalid_signature', 'forbidden', 'not_found', 'destination_not_allowed', 'unknown_event_type', 'schema_mismatch', 'invalid_idempotency_key', 'conflict', 'idempotency_key_reused', 'rate_limited', 'upstream_unavailable', 'source_unavailable', 'overloaded'],
    }),
  );
}
