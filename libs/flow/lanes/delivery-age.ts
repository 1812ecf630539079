import { mintedAtMs, parsePublicId } from '#domain/ids';
import type { EndpointTarget } from '#flow/delivery/endpoint-directory';
import type { DeliveryItem } from './delivery-item.js';

/**
 * Milliseconds since the event was minted, for a delivery that was due then. Undefined for one that was asked for later: a
 * replay, or an event from before its endpoint was created. How long those took says nothing about Lockstep.
 */
export function deliveryAgeMs({ key, replayed }: Pick<DeliveryItem, 'key' | 'replayed'>, { publicId }: Pick<EndpointTarget, 'publicId'>, nowMs: number): number | undefined {
  const acceptedAtMs = mintedAtMs(key.eventId);
  // An id begins with the time of minting.
  const endpointId = parsePublicId('ep', publicId);
  if (replayed || (endpointId !== undefined && acceptedAtMs < mintedAtMs(endpointId))) return undefined;
  return Math.max(0, nowMs - acceptedAtMs);
}
