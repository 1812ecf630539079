import { applyDecorators, type INestApplication } from '@nestjs/common';
import { ApiOperation, ApiResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { ZodType } from 'zod';
import { VERSION } from '#ground/config/version';
import { type ErrorCode, LockstepError } from '#domain/problem';

export interface OperationDocument {
  readonly summary: string;
  readonly description?: string;
  readonly status: number;
  readonly answer: string;
  readonly schema?: ZodType;
  /** In addition to those of `@Requires` and of every operation. */
  readonly problems?: readonly ErrorCode[];
}

/** Documents an operation with its answer and its problems. */
export function Documented({ summary, description, status, answer, schema, problems = [] }: OperationDocument): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary, ...(description === undefined ? {} : { description }) }),
    ApiResponse({ status, description: answer, ...(schema === undefined ? {} : { standardSchema: schema }) }),
    ApiProblems([...problems, 'store_unavailable']),
  );
}

/** Documents problems that an operation may answer with. */
export function ApiProblems(codes: readonly ErrorCode[]): MethodDecorator {
  const byStatus = Object.groupBy(codes, (code) => new LockstepError(code, '').status);
  return applyDecorators(
    ...Object.entries(byStatus).map(([status, group = []]) =>
      ApiResponse({
        status: Number(status),
        description: group.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}

export interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
  /** Whether operations require an API key. Default true. */
  readonly authenticated?: boolean;
}

/** Serves the OpenAPI document at /openapi.json, and as pages at /docs and /api-docs. */
export function serveOpenApi(app: INestApplication, { title, description, authenticated = true }: OpenApiOptions): void {
  const base = new DocumentBuilder().setTitle(title).setDescription(description).setVersion(VERSION);
  if (authenticated) base.addBearerAuth({ type: 'http', scheme: 'bearer' });
  const document = SwaggerModule.createDocument(app, base.build());
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA } };
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'] });
  SwaggerModule.setup('api-docs', app, document, { raw: false });
}

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'code', 'detail', 'errors'],
  properties: {
    type: { type: 'string', example: 'urn:lockstep:problem:invalid_request' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string', description: 'JSON pointer, or the name of a header or query parameter' }, message: { type: 'string' } },
      },
    },
  },
};
