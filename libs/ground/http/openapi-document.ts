import type { OpenAPIObject } from '@nestjs/swagger';
import { type ErrorCode, ERROR_CODES, LockstepError } from '#domain/problem';

/** Where `@Documented` leaves an operation's problem codes. The served document has responses instead. */
export const PROBLEMS_EXTENSION = 'x-lockstep-problems';
/** Where `DocumentedForms` leaves a body's further content types. */
export const FORMS_EXTENSION = 'x-lockstep-forms';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']> & { [PROBLEMS_EXTENSION]?: readonly ErrorCode[]; [FORMS_EXTENSION]?: RequestBody['content'] };
type RequestBody = Exclude<NonNullable<NonNullable<PathItem['get']>['requestBody']>, { $ref: string }>;
type Header = Record<string, { readonly description: string; readonly schema: object }>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** Problems of every request: its bytes are not HTTP, come too slowly, or are too many; or we have made a mistake. */
const OF_EVERY_REQUEST: readonly ErrorCode[] = ['invalid_request', 'request_timeout', 'headers_too_large', 'internal'];
const OF_A_KEY: readonly ErrorCode[] = ['unauthenticated', 'forbidden'];
/** Fastify reads the body of every other method. */
const WITHOUT_BODY: readonly string[] = ['get'];
const OF_A_BODY: readonly ErrorCode[] = ['payload_too_large', 'unsupported_media_type'];

/** Of answers to principals with limits (draft-ietf-httpapi-ratelimit-headers-10). */
export const RATE_LIMIT_HEADERS = {
  RateLimit: 'Of each limit of the API key and its tenant: the events that are left (`r`), and the seconds until there are more (`t`): `"key";r=99;t=1, "tenant";r=4999;t=1`',
  'RateLimit-Policy': 'Of each limit: events (`q`) in so many seconds (`w`): `"key";q=100;w=1, "tenant";q=5000;w=1`',
} as const;

const HEADERS: Readonly<Partial<Record<number, Header>>> = {
  401: { 'WWW-Authenticate': { description: '`Bearer`', schema: { type: 'string' } } },
  429: {
    'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } },
    ...Object.fromEntries(Object.entries(RATE_LIMIT_HEADERS).map(([name, description]) => [name, { description, schema: { type: 'string' } }])),
  },
  503: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } } },
};

/** The tenant that a request is about. */
const TENANT_HEADER = {
  name: 'Lockstep-Tenant', in: 'header', required: false, description: 'For admin keys: the tenant to act on, which must exist. For other keys: their own tenant, or left out',
  schema: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{0,62}$' },
} as const;

/** The document with what its operations have in common: every problem that may be the answer, and the tenant. */
export function completed(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => [path, completedItem(item)]);
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIObject['paths'], components: { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA } } };
}

function completedItem(item: PathItem): PathItem {
  const completedMethods = METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [[method, completedOperation(operation, WITHOUT_BODY.includes(method))]];
  });
  return { ...item, ...(Object.fromEntries(completedMethods) as PathItem) };
}

function completedOperation({ [PROBLEMS_EXTENSION]: own = [], [FORMS_EXTENSION]: forms = {}, ...operation }: Operation, isWithoutBody: boolean): Operation {
  const needsKey = operation.security !== undefined;
  const codes = new Set([...OF_EVERY_REQUEST, ...(needsKey ? OF_A_KEY : []), ...(isWithoutBody ? [] : OF_A_BODY), ...own]);
  return {
    ...operation,
    parameters: [...(operation.parameters ?? []), ...(needsKey ? [TENANT_HEADER] : [])],
    ...(operation.requestBody === undefined || '$ref' in operation.requestBody ? {} : { requestBody: { ...operation.requestBody, content: { ...operation.requestBody.content, ...forms }, required: !mayBeNull(operation.requestBody) } }),
    responses: { ...operation.responses, ...responsesOf([...codes], operation.responses) },
  };
}

/** Such a body may be left out, too. */
function mayBeNull({ content }: RequestBody): boolean {
  return Object.values(content).every(({ schema }) => schema !== undefined && 'nullable' in schema && schema.nullable === true);
}

/** One response per status. A status that the operation documents itself, as health does, stays as it is. */
function responsesOf(codes: readonly ErrorCode[], documented: Operation['responses']): Operation['responses'] {
  const byStatus = Map.groupBy(codes, (code) => new LockstepError(code, '').status);
  const others = [...byStatus].filter(([status]) => !(status in documented));
  return Object.fromEntries(others.map(([status, group]) => [status, {
    description: group.map((code) => `\`${code}\``).join(', '),
    ...(HEADERS[status] === undefined ? {} : { headers: HEADERS[status] }),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties: { status: { type: 'integer', enum: [status] }, code: { type: 'string', enum: group } } }] },
      },
    },
  }]));
}

const PROBLEM_SCHEMA = {
  type: 'object' as const,
  description: 'RFC 9457',
  required: ['type', 'title', 'status', 'code', 'detail', 'errors'],
  properties: {
    type: { type: 'string' as const, pattern: '^urn:lockstep:problem:[a-z_]+$', example: 'urn:lockstep:problem:invalid_request' },
    title: { type: 'string' as const },
    status: { type: 'integer' as const, minimum: 400, maximum: 599 },
    code: { type: 'string' as const, enum: [...ERROR_CODES] },
    detail: { type: 'string' as const },
    requestId: { type: 'string' as const, pattern: '^req_[0-9a-z]+$', description: 'As the header `X-Request-Id` and the logs have it. Absent if the bytes are not a request, or the request was shed' },
    errors: {
      type: 'array' as const,
      items: {
        type: 'object' as const,
        required: ['path', 'message'],
        properties: { path: { type: 'string' as const, description: 'JSON pointer, or the name of a header or query parameter' }, message: { type: 'string' as const } },
      },
    },
    id: { type: 'string' as const, description: 'Of `conflict`, when an event was accepted before: its id' },
  },
};
