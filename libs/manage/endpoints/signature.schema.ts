import { z } from 'zod';
import { SIGNING_SECRET } from '#flow/delivery/signing-secret';

export const signatureSchema = z.enum(['v1', 'v1a']).meta({ description: 'Of Standard Webhooks: `v1` is HMAC-SHA-256 with a shared secret, `v1a` is ed25519 with a key pair' });

/** A signing secret that is given. Whether it fits the endpoint's `signature` is checked apart. */
export const signingSecretSchema = z.string().max(128).regex(SIGNING_SECRET, 'must be whsec_ and the base64 of 24 to 64 bytes (v1), or whsk_ and the base64 of an ed25519 seed or secret key (v1a)');

export const publicKeySchema = z.string().regex(/^whpk_[A-Za-z0-9+/]{43}=$/).nullable().meta({ description: 'Verifies v1a signatures; null for v1' });
