import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { webhookSignature } from '#flow/delivery/signature';
import type { RecordedArrival } from './receiver-messages.js';
import { sealedBody } from './sealed-body.js';
import { arrivalAt, nameIn, pathOf } from './seen-settings.js';

const SECRETS = ['whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh', 'whsec_YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJi', 'whsec_Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj'];
const signedBy = (...secrets: readonly string[]): string =>
  webhookSignature(secrets.map((secret) => createSecretKey(secret.slice('whsec_'.length), 'base64')), 'evt_1', 7, Buffer.from(sealedBody('e ü', 'k/1')));
const recorded = (fields: Partial<RecordedArrival>): RecordedArrival => ({
  path: pathOf('first', 1), eventId: 'evt_1', deliveryId: 'dlv_1', entity: 'e ü', key: 'k/1', sequence: 1, attempt: 1, redelivered: false, replayed: false,
  timestamp: '7', signature: signedBy(...SECRETS.slice(0, 1)), headersGeneration: 1, arrivedAtMs: 0, endedAtMs: 1, status: 200, oddity: undefined, closedReused: false, ...fields,
});
const seen = (fields: Partial<RecordedArrival>): object => arrivalAt({ id: 'ep_1', secrets: SECRETS }, recorded(fields)).generations;

describe('the settings that a request shows', () => {
  it('are the generations of its path, of its headers and of the newest secret that signed it', () => {
    expect(seen({})).toEqual({ url: 1, secret: 1, headers: 1 });
    expect(seen({ path: pathOf('first', 12), headersGeneration: 4, signature: signedBy(...SECRETS.slice(0, 2)) })).toEqual({ url: 12, secret: 2, headers: 4 });
    expect(seen({ signature: signedBy(...SECRETS.toReversed()) })).toMatchObject({ secret: 3 });
  });

  it('have no secret when the signature is of another body, time or key', () => {
    for (const fields of [{ key: 'k/2' }, { timestamp: '8' }, { eventId: 'evt_2' }, { signature: '' }]) expect(seen(fields)).toMatchObject({ secret: 0 });
  });

  it('belong to the endpoint of the path’s name', () => {
    expect(nameIn(pathOf('added-2-1', 7))).toBe('added-2-1');
    expect(arrivalAt(undefined, recorded({})).endpoint).toBe('/hook/first~1');
  });
});
