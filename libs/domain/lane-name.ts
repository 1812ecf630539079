import { deliveryId, type DeliveryKey } from './ids.js';

/**
 * Names a lane: a row of `lanes`, or an unordered delivery of an endpoint with ordering "none". Inside the process the
 * latter is a lane with the one sequence 1; receivers see no sequence.
 */
export type LaneName = { readonly kind: 'lane'; readonly lane: number } | { readonly kind: 'unordered'; readonly delivery: DeliveryKey };

/** A key for maps. Lanes have numbers and unordered deliveries have texts, so that none is equal. */
export function laneMapKey(name: LaneName): number | string {
  return name.kind === 'lane' ? name.lane : deliveryId(name.delivery);
}
