import { issueCertificate } from './issued-certificate.js';

/** A new key and a certificate for a host name that it signs itself, valid from yesterday until tomorrow. */
export function selfSignedCertificate(hostname: string): { readonly key: string; readonly cert: string } {
  const { pem, keys } = issueCertificate({ commonName: hostname, hostnames: [hostname] });
  return { key: keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), cert: pem };
}
