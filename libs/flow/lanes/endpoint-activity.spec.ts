import { describe, expect, it } from '@jest/globals';
import type { AttemptResult } from '#domain/disposition';
import { mintedAtMs, mintId, toPublicId } from '#domain/ids';
import type { EndpointTarget } from '#flow/delivery/endpoint-directory';
import { Samples } from '#ground/samples/samples';
import { EndpointActivity } from './endpoint-activity.js';
import { OpenShards } from './open-shards.js';

const endpointId = mintId();
const result: AttemptResult = { startedAtMs: 0, durationMs: 20, statusCode: 200, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined };

/** How many delivery times are noted of this delivery, for the endpoint and for the type. */
function delaysOf(eventId: string, replayed = false, isKnown = true): [number, number] {
  const samples = new Samples();
  const target = { publicId: toPublicId('ep', endpointId) } as EndpointTarget;
  const activity = new EndpointActivity(samples, new OpenShards(), { get: () => (isKnown ? target : undefined) });
  activity.onOutcome({ key: { eventId, endpoint: 1, replay: 0 }, tenant: 'acme', source: null, type: 'order.paid', replayed }, result, { kind: 'delivered' });
  const { noted } = samples.take(0);
  const countOf = (wanted: string): number => noted.find(({ dimension, measure }) => dimension === wanted && measure === 'delay')?.count ?? 0;
  expect(noted.filter(({ dimension, measure }) => dimension === 'endpoint' && measure === 'deliveries.delivered')).toMatchObject([{ count: 1 }]);
  return [countOf('endpoint'), countOf('type')];
}

/** An event from a day before the endpoint. */
function past(): string {
  const digits = (mintedAtMs(endpointId) - 86_400_000).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}${endpointId.slice(13)}`;
}

describe('the delivery time', () => {
  it('is noted of what was due when its event was accepted', () => {
    expect(delaysOf(mintId())).toEqual([1, 1]);
  });

  it('is not noted of a replay, of an event from before its endpoint, nor for an endpoint that is gone', () => {
    expect([delaysOf(mintId(), true), delaysOf(past()), delaysOf(mintId(), false, false)]).toEqual([[0, 0], [0, 0], [0, 0]]);
  });
});
