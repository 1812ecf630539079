import { parsePublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';

/** The UUID of an endpoint's id. @throws LockstepError not_found for a text that is no such id */
export function endpointUuid(id: string): string {
  const uuid = parsePublicId('ep', id);
  if (uuid === undefined) throw endpointNotFound(id);
  return uuid;
}

export function endpointNotFound(id: string): LockstepError {
  return new LockstepError('not_found', `There is no endpoint ${id}`);
}
