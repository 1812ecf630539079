import { describe, expect, it } from '@jest/globals';
import { mintedAtMs, mintId, toPublicId } from '#domain/ids';
import { deliveryAgeMs } from './delivery-age.js';

const [endpoint, eventId] = [mintId(), mintId()];
const mintedAt = mintedAtMs(eventId);
const key = { eventId, endpoint: 1, replay: 0 };
const target = { publicId: toPublicId('ep', endpoint) };
/** As minted a day later. */
const laterTarget = { publicId: toPublicId('ep', dayLater(endpoint)) };

function dayLater(uuid: string): string {
  const digits = (mintedAtMs(uuid) + 86_400_000).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}${uuid.slice(13)}`;
}

describe('the age of a delivery', () => {
  it('is the time since its event was minted, never negative', () => {
    expect(deliveryAgeMs({ key, replayed: false }, target, mintedAt + 1_234)).toBe(1_234);
    expect(deliveryAgeMs({ key, replayed: false }, target, mintedAt - 5)).toBe(0);
  });

  it('is not known for a replay, nor for an event from before its endpoint', () => {
    expect(deliveryAgeMs({ key, replayed: true }, target, mintedAt + 1_234)).toBeUndefined();
    expect(deliveryAgeMs({ key, replayed: false }, laterTarget, mintedAt + 1_234)).toBeUndefined();
  });
});
