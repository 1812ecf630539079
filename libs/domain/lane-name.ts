import { deliveryId, type DeliveryKey } from './ids.js';

/**
 * Which lane: a row of `lanes`, or, for an endpoint with ordering "none", a lane of its own for each delivery, which
 * has sequence 1 there and none outside.
 */
export type LaneName = { readonly kind: 'lane'; readonly lane: number } | { readonly kind: 'single'; readonly delivery: DeliveryKey };

/** A key for maps; numbers and strings can't meet. */
export function laneMapKey(name: LaneName): number | string {
  return name.kind === 'lane' ? name.lane : deliveryId(name.delivery);
}
