import { type SecretBox, SecretBoxError } from '#ground/secrets/secret-box';
import { sourceSecretContext } from '#ground/secrets/secret-contexts';

/** The stored secret of a source; undefined for one that was stored with another LOCKSTEP_SECRET_KEY. */
export function openedSecret(secrets: SecretBox, box: Buffer, publicId: string): string | undefined {
  try {
    return secrets.open(box, sourceSecretContext(publicId));
  } catch (error) {
    if (error instanceof SecretBoxError) return undefined;
    throw error;
  }
}
