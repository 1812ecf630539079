import type { SourceProviderName } from '#domain/source-provider';
import type { Principal } from '#ground/http/principal';

/** A secret of a source. */
export interface SourceSecret {
  readonly value: string;
  /** By the database's clock; Infinity if it does not expire. */
  readonly expiresAtMs: number;
}

/** A source that is not deleted. */
export interface Source {
  /** The narrow key. */
  readonly id: number;
  /** `src_…` */
  readonly publicId: string;
  readonly tenant: string;
  readonly name: string;
  readonly provider: SourceProviderName;
  /** As they were checked by the provider's schema when they were set. */
  readonly settings: unknown;
  /** False: the source or its tenant is disabled. */
  readonly isEnabled: boolean;
  /** Newest first, without those that had expired when they were read. */
  readonly secrets: readonly SourceSecret[];
  /** A secret was stored with another LOCKSTEP_SECRET_KEY, so a signature may be right although no secret matches. */
  readonly hasUnreadableSecret: boolean;
  /** For whom its events are accepted: with the limits of its tenant, and the source's answers to duplicates. */
  readonly principal: Principal;
}
