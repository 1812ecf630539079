/** The context that an endpoint's encrypted headers are bound to. */
export function headersContext(publicId: string): string {
  return `endpoint-headers/${publicId}`;
}

/** The context that an endpoint's encrypted authentication is bound to. */
export function authContext(publicId: string): string {
  return `endpoint-auth/${publicId}`;
}

/** The context that a source's secrets are bound to. */
export function sourceSecretContext(publicId: string): string {
  return `source-secret/${publicId}`;
}

/** The context that an endpoint's signing secrets are bound to. */
export function secretContext(publicId: string): string {
  return `endpoint-secret/${publicId}`;
}
