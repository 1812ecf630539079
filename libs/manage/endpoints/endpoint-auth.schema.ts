import { z } from 'zod';
import type { EndpointAuth } from '#flow/delivery/endpoint-auth';
import { textSchema } from '#ground/http/text-schema';
import { urlSchema } from './url.schema.js';

/** Shown instead of a stored secret. A change that has it in the secret's place keeps the stored one. */
export const MASK = '***';

const MASKED = `Answers have ${MASK} in its place; a change with ${MASK} keeps the stored one`;
const text = (max: number) => textSchema({ min: 1, max, controls: false });
const secret = (max: number) => text(max).meta({ description: MASKED });

/** RFC 6749, 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** How an endpoint's requests authenticate to the receiver. */
export const authSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('basic'),
      // RFC 7617, 2: the first colon ends it.
      username: z.string().min(1).max(255).regex(/^[^\u0000-\u001f\u007f-\u009f:]*$/, 'must have no colon and no control characters'),
      password: secret(1_024),
    }),
    z.strictObject({
      type: z.literal('bearer'),
      token: z.string().min(1).max(8_192).regex(/^[\x21-\x7e]*$/, 'must have printable ASCII characters without spaces').meta({ description: MASKED }),
    }),
    z.strictObject({
      type: z.literal('oauth2'),
      tokenUrl: urlSchema.meta({ description: 'Gives access tokens for client credentials (RFC 6749, 4.4)', example: 'https://auth.example.com/oauth/token' }),
      clientId: text(1_024),
      clientSecret: secret(4_096),
      scope: z.string().max(1_024).regex(SCOPE, 'must be scopes of printable ASCII characters, separated by single spaces').optional(),
      audience: text(2_048).optional(),
      // Without a default, which answers would then require, but requests not.
      clientAuth: z.enum(['basic', 'body']).optional().meta({ description: 'Where the client sends its id and secret: in `authorization` (`basic`, also if left out), or in the body' }),
    }),
  ])
  .meta({ id: 'EndpointAuth', description: 'What requests have in `authorization`' });
export type ShownAuth = z.output<typeof authSchema>;

/** The authentication without its secret. */
export function maskedAuth(auth: EndpointAuth): ShownAuth {
  switch (auth.type) {
    case 'basic':
      return { ...auth, password: MASK };
    case 'bearer':
      return { ...auth, token: MASK };
    case 'oauth2':
      return { ...auth, clientSecret: MASK };
  }
}

/** The name of the member with the secret, and its value. */
export function secretOf(auth: EndpointAuth): readonly [name: string, value: string] {
  switch (auth.type) {
    case 'basic':
      return ['password', auth.password];
    case 'bearer':
      return ['token', auth.token];
    case 'oauth2':
      return ['clientSecret', auth.clientSecret];
  }
}

/**
 * The authentication with the stored secret in the mask's place; undefined if there is none that may be kept: it goes only
 * where it went before, in the same way.
 */
export function withStoredSecret(given: EndpointAuth, stored: EndpointAuth | undefined): EndpointAuth | undefined {
  if (given.type === 'basic') return stored?.type === 'basic' ? { ...given, password: stored.password } : undefined;
  if (given.type === 'bearer') return stored?.type === 'bearer' ? stored : undefined;
  return stored?.type === 'oauth2' && stored.tokenUrl === given.tokenUrl ? { ...given, clientSecret: stored.clientSecret } : undefined;
}
