import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import { patchKafkajs } from './patch-kafkajs.js';

interface Digest {
  readonly length: number;
  readonly type: string;
}

interface Scram {
  readonly DIGESTS: { readonly SHA256: Digest };
  readonly SCRAM: new (sasl: object, host: string, port: number, logger: object, authenticate: (exchange: object) => Promise<object>, digest: Digest) => { authenticate(): Promise<void>; readonly currentNonce: string };
}

const { DIGESTS, SCRAM } = createRequire(import.meta.url)('kafkajs/src/broker/saslAuthenticator/scram.js') as Scram;

/** Authenticates with a broker that asks for so many iterations. Returns what it got as the last message. */
async function finalMessageFor(iterations: number): Promise<string> {
  patchKafkajs();
  let final = '';
  const logger = { debug: () => undefined, error: () => undefined };
  const exchange = async ({ request }: { request: { encode(): Promise<Buffer> } }): Promise<object> => {
    const message = (await request.encode()).subarray(4).toString();
    if (message.startsWith('n,,')) return { r: scram.currentNonce, s: Buffer.from('salt').toString('base64'), i: String(iterations), original: 'first' };
    final = message;
    return { e: 'enough' };
  };
  const scram = new SCRAM({ username: 'a', password: 'b' }, 'broker', 9_092, logger, exchange as (exchange: object) => Promise<object>, DIGESTS.SHA256);
  await expect(scram.authenticate()).rejects.toThrow(iterations > 100_000 ? `the broker asks for ${iterations} iterations, and at most 100000 are made` : 'enough');
  return final;
}

it('hashes a password as often as a broker asks, up to 100,000 times', async () => {
  expect(await finalMessageFor(16_384)).toMatch(/,p=[A-Za-z0-9+/]{43}=$/);
  expect(await finalMessageFor(100_001)).toBe('');
  expect(await finalMessageFor(2_147_483_647)).toBe('');
});
