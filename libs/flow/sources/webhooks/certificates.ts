import { type KeyObject, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----/g;
/** In one text: some signers, each with its issuers. */
const MOST_CERTIFICATES = 16;
/** Between a signer and a root. */
const MOST_INTERMEDIATES = 3;

/** Certificates that cannot be trusted: `message` says why. */
export class CertificateError extends Error {}

/** A certificate's issuer is missing, or not trusted. */
export class NoChainError extends CertificateError {}

/** Who may sign. */
export interface Signer {
  readonly key: KeyObject;
  /** While it and all of its issuers are valid; in milliseconds since 1970. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

/** The roots that Node trusts. Reading them takes 10 ms, so it is done on first use. */
export class Roots {
  private bySubject: Map<string, X509Certificate[]> | undefined;

  constructor(private readonly pems: readonly string[] = rootCertificates) {}

  ofSubject(subject: string): readonly X509Certificate[] {
    this.bySubject ??= Map.groupBy(this.pems.map((pem) => new X509Certificate(pem)), (root) => root.subject);
    return this.bySubject.get(subject) ?? [];
  }
}

/**
 * All certificates of a PEM text.
 * @throws CertificateError
 */
export function certificatesOf(pem: string): readonly X509Certificate[] {
  const texts = pem.match(CERTIFICATE) ?? [];
  if (texts.length === 0) throw new CertificateError('has no certificate in PEM');
  if (texts.length > MOST_CERTIFICATES) throw new CertificateError(`has more than ${MOST_CERTIFICATES} certificates`);
  return texts.map((text, index) => {
    try {
      return new X509Certificate(text);
    } catch (cause) {
      throw new CertificateError(`has a certificate that cannot be read, number ${index + 1}`, { cause });
    }
  });
}

/** Who may issue certificates: roots, and authorities that were configured. */
export class TrustedAuthorities {
  private readonly configured: readonly X509Certificate[];

  /** @param configured authorities, of which those that sign themselves are as good as roots; other certificates are ignored */
  constructor(
    private readonly roots: Roots,
    configured: readonly X509Certificate[] = [],
  ) {
    this.configured = configured.filter(({ ca }) => ca);
  }

  /**
   * The signers among the certificates: all that are no authorities. Each must be for one of the host names, and have been
   * issued by a root, by way of authorities that were configured or are among the certificates. Names, signatures and the right
   * to issue are checked. Revocation, extended key usage, and constraints on names and on the length of the path are not; dates are
   * the caller's to check.
   * @throws CertificateError
   */
  signersAmong(certificates: readonly X509Certificate[], hostnames: readonly string[]): readonly Signer[] {
    const authorities = [...certificates.filter(({ ca }) => ca), ...this.configured];
    const signers = certificates.filter(({ ca }) => !ca);
    if (signers.length === 0) throw new CertificateError('has no certificate but those of authorities');
    return signers.map((signer) => {
      // A web server's certificate for all names of a domain is none for signing messages.
      if (!hostnames.some((hostname) => signer.checkHost(hostname, { wildcards: false }) !== undefined)) {
        throw new CertificateError(`has a certificate that is not for ${hostnames.join(' or ')}: ${oneLine(signer.subject)}`);
      }
      const chain = this.chainOf(signer, authorities, MOST_INTERMEDIATES);
      if (chain === undefined) throw new NoChainError(`has no chain from ${oneLine(signer.subject)} to a trusted root; the issuer is ${oneLine(signer.issuer)}`);
      return {
        key: signer.publicKey,
        validFromMs: Math.max(...chain.map(({ validFromDate }) => validFromDate.getTime())),
        validUntilMs: Math.min(...chain.map(({ validToDate }) => validToDate.getTime())),
      };
    });
  }

  /** From the certificate to a root; undefined if there is no chain. */
  private chainOf(certificate: X509Certificate, authorities: readonly X509Certificate[], mostIntermediates: number): readonly X509Certificate[] | undefined {
    const ownRoots = this.configured.filter((authority) => isIssuedBy(authority, authority));
    const root = [...this.roots.ofSubject(certificate.issuer), ...ownRoots].find((each) => isIssuedBy(certificate, each));
    if (root !== undefined) return [certificate, root];
    if (mostIntermediates === 0) return undefined;
    for (const authority of authorities) {
      if (!isIssuedBy(certificate, authority)) continue;
      const chain = this.chainOf(authority, authorities.filter((each) => each !== authority), mostIntermediates - 1);
      if (chain !== undefined) return [certificate, ...chain];
    }
    return undefined;
  }
}

/** `checkIssued` compares names and key identifiers, and whether the issuer's key may sign certificates. */
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
