import { applyDecorators, type INestApplication } from '@nestjs/common';
import { ApiBody, ApiExtension, ApiOperation, type ApiOperationOptions, ApiParam, ApiResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { VERSION } from '#ground/config/version';
import type { ErrorCode } from '#domain/problem';
import { completed, FORMS_EXTENSION, PROBLEMS_EXTENSION } from './openapi-document.js';

export interface OperationDocument {
  readonly summary: string;
  readonly description?: string;
  /** The body by media type, where its schema depends on it. Otherwise `@ApiBody` or `@Body` documents it. */
  readonly requestBody?: ApiOperationOptions['requestBody'];
  readonly status: number;
  readonly answer: string;
  readonly schema?: z.ZodType;
  /** Headers of the answer, with their descriptions. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In addition to those of every operation. */
  readonly problems?: readonly ErrorCode[];
}

/** Documents an operation with its answer and its problems. */
export function Documented({ summary, description, requestBody, problems = [], ...answer }: OperationDocument): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary, ...(description === undefined ? {} : { description }), ...(requestBody === undefined ? {} : { requestBody }) }),
    DocumentedAnswer(answer),
    ApiExtension(PROBLEMS_EXTENSION, [...problems, 'store_unavailable']),
  );
}

/** Documents another answer of an operation. */
export function DocumentedAnswer({ status, answer, schema, headers = {} }: Pick<OperationDocument, 'status' | 'answer' | 'schema' | 'headers'>): MethodDecorator {
  return ApiResponse({
    status,
    description: answer,
    headers: Object.fromEntries(Object.entries(headers).map(([name, meaning]) => [name, { description: meaning, schema: { type: 'string' } }])),
    ...(schema === undefined ? {} : { standardSchema: schema }),
  });
}

/** Documents an operation's body, where the schema that first checks it leaves something to later checks. */
export function DocumentedBody(schema: z.ZodType): MethodDecorator {
  // Nest takes it as it takes the one of `ApiResponse`; only its types don't say so.
  const options: object = { standardSchema: schema };
  return ApiBody(options);
}

/** Documents further content types of an operation's body, with their schemas and examples. */
export function DocumentedForms(forms: Readonly<Record<string, Readonly<Record<string, unknown>>>>): MethodDecorator {
  return ApiExtension(FORMS_EXTENSION, forms);
}

/** Documents the format of a path parameter. The handler looks the resource up, and answers `not_found` for any other text. */
export function DocumentedParameter(name: string, schema: z.ZodType): MethodDecorator {
  return ApiParam({ name, schema: { ...z.toJSONSchema(schema, { target: 'openapi-3.0' }) } as Record<string, unknown> });
}

export interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
  /** Whether operations require an API key. Default true. */
  readonly authenticated?: boolean;
  /** Requests that the app sends to others by itself. */
  readonly webhooks?: readonly WebhookDocument[];
}

export interface WebhookDocument {
  readonly name: string;
  readonly summary: string;
  readonly body: z.ZodType;
}

/** Serves the OpenAPI document at /openapi.json, and as pages at /docs and /api-docs. */
export function serveOpenApi(app: INestApplication, { title, description, authenticated = true, webhooks = [] }: OpenApiOptions): void {
  const base = new DocumentBuilder().setTitle(title).setDescription(description).setVersion(VERSION);
  if (authenticated) base.addBearerAuth({ type: 'http', scheme: 'bearer' });
  // OpenAPI 3.0 has no place for webhooks; `x-webhooks` is what tools read instead.
  if (webhooks.length > 0) base.addExtension('x-webhooks', Object.fromEntries(webhooks.map((webhook) => [webhook.name, webhookItem(webhook)])));
  const document = completed(SwaggerModule.createDocument(app, base.build()));
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
  SwaggerModule.setup('api-docs', app, document, { raw: false });
}

function webhookItem({ summary, body }: WebhookDocument): object {
  const schema = z.toJSONSchema(body, { target: 'openapi-3.0' });
  return { post: { summary, requestBody: { required: true, content: { 'application/json': { schema } } }, responses: { '2XX': { description: 'Delivered' } } } };
}
