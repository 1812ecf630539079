import { rootCertificates } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { type CertificateRequest, issueCertificate, type IssuedCertificate } from '#dev/testing/issued-certificate';
import { CertificateError, certificatesOf, NoChainError, Roots, type Signer, TrustedAuthorities } from './certificates.js';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 29, 12);
const HOST = 'signer.example.com';

const root = issueCertificate({ commonName: 'Root', isAuthority: true, validFromMs: NOW_MS - 100 * DAY_MS, validUntilMs: NOW_MS + 300 * DAY_MS });
const intermediate = issueCertificate({ commonName: 'Intermediate', isAuthority: true, issuer: root, validFromMs: NOW_MS - 5 * DAY_MS, validUntilMs: NOW_MS + 200 * DAY_MS });
const signer = (request: Partial<CertificateRequest> = {}): IssuedCertificate => issueCertificate({ commonName: HOST, hostnames: [HOST], issuer: intermediate, validFromMs: NOW_MS - 9 * DAY_MS, validUntilMs: NOW_MS + 9 * DAY_MS, ...request });
const roots = new Roots([root.pem]);
const signersAmong = (certificates: readonly IssuedCertificate[], configured: readonly IssuedCertificate[] = []): readonly Signer[] =>
  new TrustedAuthorities(roots, configured.flatMap(({ pem }) => certificatesOf(pem))).signersAmong(certificatesOf(certificates.map(({ pem }) => pem).join('')), [HOST, 'other.example.com']);
const days = ({ validFromMs, validUntilMs }: Signer): readonly number[] => [(validFromMs - NOW_MS) / DAY_MS, (validUntilMs - NOW_MS) / DAY_MS];

describe('TrustedAuthorities', () => {
  it('finds a signer whose issuers lead to a root, in any order, and valid while all of them are', () => {
    const leaf = signer();
    for (const chain of [[leaf, intermediate], [intermediate, leaf], [root, intermediate, leaf]]) {
      const [found] = signersAmong(chain);
      expect(found?.key.equals(leaf.keys.publicKey)).toBe(true);
      expect(found && days(found)).toEqual([-5, 9]);
    }
    expect(signersAmong([signer({ issuer: root, validUntilMs: NOW_MS + 400 * DAY_MS })]).map(days)).toEqual([[-9, 300]]);
  });

  it('finds several signers', () => {
    expect(signersAmong([signer(), intermediate, signer({ hostnames: ['other.example.com'] })])).toHaveLength(2);
  });

  it('takes issuers, and roots, from what was configured', () => {
    expect(() => signersAmong([signer()])).toThrow(NoChainError);
    expect(signersAmong([signer()], [intermediate])).toHaveLength(1);
    const ownRoot = issueCertificate({ commonName: 'Own root', isAuthority: true });
    const own = signer({ issuer: ownRoot });
    expect(() => signersAmong([own, ownRoot])).toThrow(NoChainError);
    expect(signersAmong([own], [ownRoot])).toHaveLength(1);
  });

  it.each([
    ['has no chain', 'signs itself', [signer({ issuer: undefined })]],
    ['has no chain', 'is signed by another authority of the same name', [signer({ issuer: issueCertificate({ commonName: 'Intermediate', isAuthority: true, issuer: root }) }), intermediate]],
    ['has no chain', 'is signed by another root of the same name', [signer({ issuer: issueCertificate({ commonName: 'Root', isAuthority: true }) })]],
    ['has no chain', 'is signed by no authority', [signer({ issuer: issueCertificate({ commonName: HOST, hostnames: [HOST], issuer: root }) }), issueCertificate({ commonName: HOST, hostnames: [HOST], issuer: root })]],
    ['that is not for', 'is for another name', [signer({ commonName: 'evil.example.com', hostnames: ['evil.example.com'] }), intermediate]],
    ['that is not for', 'is for all names of the domain', [signer({ commonName: '*.example.com', hostnames: ['*.example.com'] }), intermediate]],
    ['that is not for', 'has the name in front of another domain', [signer({ hostnames: [`${HOST}.evil.com`] }), intermediate]],
    ['that is not for', 'is followed by one for another name', [signer(), intermediate, signer({ hostnames: ['evil.example.com'] })]],
    ['but those of authorities', 'is an authority', [intermediate]],
  ])('says that a PEM %s, whose certificate %s', (message, _, certificates) => {
    expect(() => signersAmong(certificates)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
  });

  it('follows at most three issuers between a signer and a root', () => {
    const authorities = [root];
    for (let i = 1; i <= 4; i++) authorities.push(issueCertificate({ commonName: `Authority ${i}`, isAuthority: true, issuer: authorities.at(-1) }));
    expect(signersAmong([signer({ issuer: authorities[3] }), ...authorities.slice(1)])).toHaveLength(1);
    expect(() => signersAmong([signer({ issuer: authorities[4] }), ...authorities.slice(1)])).toThrow(NoChainError);
  });

  it('ends in a circle of issuers', () => {
    const keys = intermediate.keys;
    const circle = [issueCertificate({ commonName: 'A', isAuthority: true, keys, issuer: { ...intermediate, commonName: 'B' } }), issueCertificate({ commonName: 'B', isAuthority: true, keys, issuer: { ...intermediate, commonName: 'A' } })];
    expect(() => signersAmong([signer({ issuer: circle[0] }), ...circle])).toThrow(NoChainError);
  });
});

describe('certificatesOf', () => {
  it.each([
    ['has no certificate in PEM', ''],
    ['has no certificate in PEM', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['cannot be read, number 2', `${root.pem}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`],
    ['more than 16', root.pem.repeat(17)],
  ])('says that a text %s', (message, pem) => {
    expect(() => certificatesOf(pem)).toThrow(CertificateError);
    expect(() => certificatesOf(pem)).toThrow(message);
  });

  it('reads PEM with CRLF and with texts between', () => {
    expect(certificatesOf(`subject: Root\r\n${root.pem.replaceAll('\n', '\r\n')}\r\n# next\r\n${intermediate.pem}`)).toHaveLength(2);
  });
});

describe('Roots', () => {
  it('knows the roots that Node trusts', () => {
    const known = new Roots();
    const [first] = certificatesOf(rootCertificates[0] ?? '');
    expect(known.ofSubject(first?.subject ?? '').map(({ fingerprint256 }) => fingerprint256)).toContain(first?.fingerprint256);
    expect(known.ofSubject('CN=Root')).toEqual([]);
  });
});
