import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { installOracles } from '../fixtures/oracles.js';
import { verdictOf } from '../fixtures/verdict.js';
import { twilio } from './twilio.js';

type Fields = Readonly<Record<string, string | readonly string[]>>;

interface TwilioPackage {
  readonly default: {
    getExpectedTwilioSignature(token: string, url: string, fields: Fields, algorithm?: string): string;
    getExpectedBodyHash(body: string): string;
    validateRequest(token: string, signature: string, url: string, fields: Fields, algorithm?: string): boolean;
    validateRequestWithBody(token: string, signature: string, url: string, body: string, algorithm?: string): boolean;
  };
}

interface Request {
  readonly url: string;
  readonly body: string;
  readonly signature: string;
  readonly token: string;
  readonly contentType: string;
}

const ORIGIN = /^https?:\/\/[^/]*/;

const token = fc.stringMatching(/^[0-9a-f]{32}$/);
const algorithm = fc.constantFrom(undefined, 'HMAC_SHA1', 'HMAC_SHA256');
const text = fc.oneof(fc.constantFrom('', 'To', 'ToCity', '+15017122661', 'a b', 'a+b', 'Zoë', '👋', '%41', '=&', '\r\n', 'Ａ', '\ue000', '0', '10'), fc.string({ unit: 'grapheme', maxLength: 12 }));
const fields = fc.array(fc.tuple(text, text), { maxLength: 8 });
const query = fc.array(fc.stringMatching(/^[a-z]{1,4}=[A-Za-z0-9'"!~*()+%,;:@/?.-]{0,8}$/).filter((part) => !/%(?![0-9A-Fa-f]{2})/.test(part)), { maxLength: 3 });
const url = fc.tuple(fc.constantFrom('https', 'http'), fc.constantFrom('hooks.example.com', 'hooks.example.com:8443', 'hooks.example.com:443', 'hooks.example.com:80', 'user:pass@hooks.example.com', '[2001:db8::1]', '[2001:db8::1]:8443'), fc.constantFrom('/', '/in/twilio', "/in/it's%20me"), query)
  .map(([scheme, host, path, parts]) => `${scheme}://${host}${path}${parts.length === 0 ? '' : `?${parts.join('&')}`}`);

/** As a server reads a form. */
function fieldsOf(form: string): Fields {
  const parsed = new URLSearchParams(form);
  // Copied, because the package asks for arrays of its own realm, which jest makes another than Node's.
  return Object.fromEntries([...parsed.keys()].map((name) => [name, [...parsed.getAll(name)]]));
}

const ours = async ({ url: publicUrl, body, signature, token: secret, contentType }: Request): Promise<boolean> =>
  (await verdictOf(twilio, { body: Buffer.from(body), headers: { 'content-type': contentType, 'x-twilio-signature': signature }, publicUrl, target: publicUrl.replace(ORIGIN, '') }, ['other', secret])) === 'genuine';

const load = await installOracles();

if (load === undefined) {
  it.skip("twilio verifies as its own package does", () => undefined);
} else {
  const { default: library } = await load<TwilioPackage>('twilio');

  describe('twilio', () => {
    const algorithmOf = ({ signature }: Request): string => (Buffer.from(signature, 'base64').length === 32 ? 'HMAC_SHA256' : 'HMAC_SHA1');
    const theirs = (request: Request): boolean => {
      try {
        return request.url.includes('bodySHA256')
          ? library.validateRequestWithBody(request.token, request.signature, request.url, request.body, algorithmOf(request))
          : library.validateRequest(request.token, request.signature, request.url, fieldsOf(request.body), algorithmOf(request));
      } catch {
        return false;
      }
    };
    const signedForm = fc.tuple(token, url, fields, algorithm).map(([secret, address, pairs, name]): Request => {
      const body = new URLSearchParams(pairs).toString();
      return { url: address, body, token: secret, contentType: 'application/x-www-form-urlencoded', signature: library.getExpectedTwilioSignature(secret, address, fieldsOf(body), name) };
    });
    const signedJson = fc.tuple(token, url, fc.json(), algorithm).map(([secret, address, body, name]): Request => {
      const hashed = `${address}${address.includes('?') ? '&' : '?'}bodySHA256=${library.getExpectedBodyHash(body)}`;
      return { url: hashed, body, token: secret, contentType: 'application/json', signature: library.getExpectedTwilioSignature(secret, hashed, {}, name) };
    });
    const signed = fc.oneof(signedForm, signedJson);
    const agree = async (request: Request): Promise<void> => expect({ request, genuine: await ours(request) }).toEqual({ request, genuine: theirs(request) });

    it('accepts what twilio signs, as it does', async () => {
      await fc.assert(fc.asyncProperty(signed, async (request) => {
        expect([await ours(request), theirs(request)]).toEqual([true, true]);
      }), { numRuns: 300 });
    });

    it('accepts a URL with or without its port, and with characters escaped, as twilio does', async () => {
      const other = (address: string): readonly string[] => [
        address.replace(/:\d+(?=[/?])/, ''), address.replace(/^https:\/\/([^/:]+)(?=[/?])/, 'https://$1:443'), address.replace(/:\d+(?=[/?])/, ':1234'), new URL(address).href, address.replaceAll("'", '%27'), address.replaceAll('+', '%20'), address.replace('https:', 'http:'),
      ];
      await fc.assert(fc.asyncProperty(signed, async (request) => {
        for (const address of other(request.url)) await agree({ ...request, url: address });
      }), { numRuns: 300 });
    });

    it.each(['body', 'url', 'signature', 'token'] as const)('judges a changed %s as twilio does', async (part) => {
      const change = fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom('', 'a', 'A', '0', '+', '%20', '%', '=', '&', ' ', '/', 'ä', '"'));
      await fc.assert(fc.asyncProperty(signed, change, async (request, [position, removed, inserted]) => {
        const value = request[part];
        // The scheme, host and port are not the sender's to choose.
        const least = part === 'url' ? (ORIGIN.exec(value)?.[0].length ?? 0) : 0;
        const at = least + (position % (value.length + 1 - least));
        await agree({ ...request, [part]: value.slice(0, at) + inserted + value.slice(at + removed) });
      }), { numRuns: 500 });
    });
  });
}
