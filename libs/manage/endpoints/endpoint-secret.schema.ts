import { z } from 'zod';
import { durationsUpTo } from '#domain/duration-pattern';
import { SIGNING_SECRET } from '#flow/delivery/signing-secret';
import { endpointSchema } from './endpoint.schema.js';
import { publicKeySchema, signatureSchema, signingSecretSchema } from './signature.schema.js';

/** Each request has a signature of each. */
export const MAX_LIVE_SECRETS = 10;
const MAX_OVERLAP_MS = 2_592_000_000;
/** Also of the secrets before a change of `signature`. */
export const DEFAULT_OVERLAP = '24h';

export const endpointSecretRotationSchema = z
  .strictObject({
    secret: signingSecretSchema.optional().meta({ description: 'What requests are signed with from now on; without it one is made' }),
    overlap: z.string().regex(durationsUpTo(MAX_OVERLAP_MS), 'must be a duration such as 0s, 30m, 24h or 7d, of at most 30d').default(DEFAULT_OVERLAP)
      .meta({ description: 'How long requests are signed with the secrets before, too. 0s: they end now', example: '24h' }),
  })
  .meta({ example: { overlap: '24h' } })
  .nullish()
  .transform((body) => body ?? { overlap: DEFAULT_OVERLAP });
export type EndpointSecretRotation = z.output<typeof endpointSecretRotationSchema>;

export const rotatedEndpointSchema = endpointSchema
  .extend({ secret: z.string().regex(SIGNING_SECRET).meta({ description: 'The new secret' }) })
  .meta({ id: 'RotatedEndpoint' });
export type RotatedEndpoint = z.output<typeof rotatedEndpointSchema>;

export const endpointSecretsSchema = z
  .object({
    secret: z.string().regex(SIGNING_SECRET).meta({ description: 'The newest one' }),
    secrets: z
      .array(z.object({
        secret: z.string().regex(SIGNING_SECRET),
        signature: signatureSchema,
        publicKey: publicKeySchema,
        createdAt: z.iso.datetime(),
        expiresAt: z.iso.datetime().nullable().meta({ description: 'Null: it stays valid until a rotation' }),
      }))
      .meta({ description: 'All with which requests are signed now, newest first' }),
  })
  .meta({ id: 'EndpointSecrets' });
export type EndpointSecrets = z.output<typeof endpointSecretsSchema>;
