import type { KeyObject } from 'node:crypto';
import { elapsedMs, type Moment } from '#domain/clock';

export interface SigningKey {
  readonly key: KeyObject;
  /** Counted from the moment at which the keys were read; undefined: never. */
  readonly expiresInMs: number | undefined;
}

/** The keys that sign an endpoint's deliveries. A key stops signing when it expires; nothing else has to happen. */
export class SigningKeys {
  private readonly all: readonly KeyObject[];
  private readonly soonestExpiryMs: number;

  /**
   * @param keys the newest first
   * @param readAt no later than the moment to which `expiresInMs` refers, so that no key signs for too long
   */
  constructor(
    private readonly keys: readonly SigningKey[],
    private readonly readAt: Moment,
  ) {
    this.all = keys.map(({ key }) => key);
    this.soonestExpiryMs = Math.min(...keys.map(({ expiresInMs = Infinity }) => expiresInMs));
  }

  /** Those that have not expired, the newest first. Reads the clock only when one of them expires at all. */
  current(): readonly KeyObject[] {
    if (this.soonestExpiryMs === Infinity) return this.all;
    const ageMs = elapsedMs(this.readAt);
    if (ageMs < this.soonestExpiryMs) return this.all;
    return this.keys.filter(({ expiresInMs = Infinity }) => ageMs < expiresInMs).map(({ key }) => key);
  }
}
