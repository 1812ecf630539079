import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { itAgreesWith } from '../fixtures/oracle-suite.js';
import { installOracles } from '../fixtures/oracles.js';
import { verdictOf } from '../fixtures/verdict.js';
import { hmacOf } from '../signatures.js';
import { square } from './square.js';

interface SquarePackage {
  readonly WebhooksHelper: {
    verifySignature(request: { requestBody: string; signatureHeader: string; signatureKey: string; notificationUrl: string }): Promise<boolean>;
  };
}

const URL = 'https://hooks.example.com/in/square?tenant=1&name=Zo%C3%AB';
const HEADER = 'x-square-hmacsha256-signature';

const load = await installOracles();

if (load === undefined) {
  it.skip("square verifies as its own package does", () => undefined);
} else {
  const { WebhooksHelper } = await load<SquarePackage>('square');

  describe('square', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9_-]{22}$/);
    // The package only verifies.
    const sign = (body: string, key: string): Record<string, string> => ({ [HEADER]: hmacOf('sha256', key, [URL, body]).toString('base64') });
    const verify = (body: Buffer, headers: Readonly<Record<string, string>>, signatureKey: string, notificationUrl = URL): Promise<boolean> =>
      WebhooksHelper.verifySignature({ requestBody: body.toString(), signatureHeader: headers[HEADER] ?? '', signatureKey, notificationUrl });
    itAgreesWith('square', { provider: square, secret, request: { publicUrl: URL }, sign, verify, signatureHeader: HEADER, expires: false });

    it('refuses another URL, as square does', async () => {
      await fc.assert(fc.asyncProperty(secret, fc.nat(URL.length - 1), fc.nat(2), fc.constantFrom('', 'a', 'A', '/', '%', '?', '&', ' ', ':443'), async (key, at, removed, inserted) => {
        const publicUrl = URL.slice(0, at) + inserted + URL.slice(at + removed);
        fc.pre(publicUrl !== URL);
        const body = Buffer.from('{"event_id":"1"}');
        const headers = sign(body.toString(), key);
        expect(await verdictOf(square, { body, headers, publicUrl }, [key])).toBe('mismatch');
        expect(await verify(body, headers, key, publicUrl)).toBe(false);
      }));
    });
  });
}
