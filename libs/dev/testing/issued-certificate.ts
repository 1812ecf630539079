import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { BIT_STRING, BOOLEAN, der, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET, UTF8_STRING, utcTime } from './der.js';

const DAY_MS = 86_400_000;

/** `[0]` and `[3]` of TBSCertificate, and a DNS name among alternative names (RFC 5280). */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;

const COMMON_NAME = der(OBJECT_IDENTIFIER, Buffer.from([0x55, 0x04, 0x03]));
const SUBJECT_ALTERNATIVE_NAME = der(OBJECT_IDENTIFIER, Buffer.from([0x55, 0x1d, 0x11]));
const BASIC_CONSTRAINTS = der(OBJECT_IDENTIFIER, Buffer.from([0x55, 0x1d, 0x13]));
const ED25519 = der(SEQUENCE, der(OBJECT_IDENTIFIER, Buffer.from([0x2b, 0x65, 0x70])));
const TRUE = der(BOOLEAN, Buffer.from([0xff]));

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface IssuedCertificate {
  readonly commonName: string;
  readonly pem: string;
  readonly keys: KeyPair;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** A new Ed25519 key by default, which is made fastest. */
  readonly keys?: KeyPair;
  /** With an Ed25519 key. Undefined: the certificate signs itself. */
  readonly issuer?: IssuedCertificate | undefined;
  readonly isAuthority?: boolean;
  readonly hostnames?: readonly string[];
  /** From yesterday until tomorrow by default. */
  readonly validFromMs?: number;
  readonly validUntilMs?: number;
}

/** A new certificate (RFC 5280, 4.1). */
export function issueCertificate({ commonName, keys = generateKeyPairSync('ed25519'), issuer, isAuthority = false, hostnames = [], validFromMs = Date.now() - DAY_MS, validUntilMs = Date.now() + DAY_MS }: CertificateRequest): IssuedCertificate {
  const extensions = [
    der(SEQUENCE, BASIC_CONSTRAINTS, TRUE, der(OCTET_STRING, isAuthority ? der(SEQUENCE, TRUE) : der(SEQUENCE))),
    ...(hostnames.length === 0 ? [] : [der(SEQUENCE, SUBJECT_ALTERNATIVE_NAME, der(OCTET_STRING, der(SEQUENCE, ...hostnames.map((hostname) => der(DNS_NAME, Buffer.from(hostname))))))]),
  ];
  const signed = der(SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ED25519,
    nameOf(issuer?.commonName ?? commonName),
    der(SEQUENCE, utcTime(validFromMs), utcTime(validUntilMs)),
    nameOf(commonName),
    keys.publicKey.export({ format: 'der', type: 'spki' }),
    der(EXTENSIONS, der(SEQUENCE, ...extensions)),
  );
  const signature = sign(null, signed, (issuer?.keys ?? keys).privateKey);
  const text = der(SEQUENCE, signed, ED25519, der(BIT_STRING, Buffer.from([0]), signature)).toString('base64').replaceAll(/.{64}/g, '$&\n');
  return { commonName, keys, pem: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n` };
}

function nameOf(commonName: string): Buffer {
  return der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(commonName)))));
}
