import { LockstepError } from '#domain/problem';
import type { Principal } from '#ground/http/principal';

/** A request with a valid key that may not enter. It is counted with its principal, as other refusals are. */
export class KeyRefused extends LockstepError {
  /** @param principal of the key's own tenant, and of no tenant that the request merely names */
  constructor(readonly principal: Principal, ...problem: ConstructorParameters<typeof LockstepError>) {
    super(...problem);
  }
}
