import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import { Documented } from '#ground/http/openapi';
import { RATE_LIMIT_HEADERS } from '#ground/http/openapi-document';

/** The route in the OpenAPI document. */
export function DocumentWebhooksAlias(): MethodDecorator {
  return applyDecorators(
    ApiTags('sources'),
    ApiHeader({
      name: 'X-Destination-URL', required: false,
      description: 'The only URL that gets the event. A glob in `settings.destinations` of the source must match it. An endpoint with this URL is made if the tenant has none',
      schema: { type: 'string', maxLength: 2_048, pattern: '^[!-~]+$', example: 'https://hooks.example.com/orders' },
    }),
    ApiBody({ required: false, schema: { type: 'string', format: 'binary', description: 'Anything; delivered byte for byte, with its content type' } }),
    Documented({
      summary: 'Receive a webhook of the source `webhooks`',
      description: 'As `POST /in/webhooks`, for the tenant `default`; and the request may name the URL that gets its event. 404 if there is no such source: WEBHOOKSECRET makes it.',
      status: 202,
      answer: 'The event is stored and will be delivered',
      headers: { 'Idempotent-Replayed': '`true` if an event with this id was accepted before', ...RATE_LIMIT_HEADERS },
      problems: [
        'invalid_signature', 'forbidden', 'not_found', 'destination_not_allowed', 'unknown_event_type', 'schema_mismatch', 'invalid_idempotency_key', 'conflict', 'idempotency_key_reused', 'rate_limited',
        'overloaded',
      ],
    }),
  );
}
