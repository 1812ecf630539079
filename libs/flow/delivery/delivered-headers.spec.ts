import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type AttemptFacts, deliveredHeaders } from './delivered-headers.js';

const facts: AttemptFacts = {
  key: { eventId: '0192c1f0-0000-7000-8000-0000000000ab', endpoint: 3, replay: 0 },
  type: 'order.paid',
  entity: 'Zoë/7',
  source: null,
  contentType: 'application/json; charset=utf-8',
  traceparent: null,
  attributes: null,
  payload: Buffer.from('{}'),
  position: { sequence: 4, previousSequence: 2 },
  attempt: 2,
  replayed: false,
  redelivered: false,
};

function headersOf(changes: Partial<AttemptFacts> = {}, custom: Record<string, string> = {}): Record<string, string> {
  const flat = deliveredHeaders({ ...facts, ...changes }, [createSecretKey('key', 'utf8')], custom, 1_700_000_000_500);
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : [])));
}

describe('deliveredHeaders', () => {
  it('has ids, type, entity, sequences and the number of the attempt', () => {
    expect(headersOf()).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'webhook-id': 'evt_0192c1f00000700080000000000000ab',
      'webhook-timestamp': '1700000000',
      'lockstep-delivery': 'dlv_0192c1f00000700080000000000000ab000000030000',
      'lockstep-type': 'order.paid',
      'lockstep-entity': 'Zo%C3%AB%2F7',
      'lockstep-sequence': '4',
      'lockstep-previous-sequence': '2',
      'lockstep-attempt': '2',
    });
  });

  it('names the source of an event that has one, and none of a posted event', () => {
    expect(headersOf({ source: 'stripe' })['lockstep-source']).toBe('stripe');
    expect(headersOf()).not.toHaveProperty('lockstep-source');
  });

  it('has the same ids on every attempt', () => {
    const [first, second] = [headersOf({ attempt: 1 }), headersOf({ attempt: 2 })];
    expect([second['webhook-id'], second['lockstep-delivery']]).toEqual([first['webhook-id'], first['lockstep-delivery']]);
  });

  it('has no sequence for an endpoint without order', () => {
    expect(Object.keys(headersOf({ position: undefined })).filter((name) => name.includes('sequence'))).toEqual([]);
  });

  it('marks replays and redeliveries, and only those', () => {
    expect(headersOf({ replayed: true, redelivered: true })).toMatchObject({ 'lockstep-replay': 'true', 'lockstep-redelivered': 'true' });
    expect(Object.keys(headersOf())).not.toEqual(expect.arrayContaining(['lockstep-replay']));
  });

  it('makes a trace of the event\'s id when the producer gave none', () => {
    expect(headersOf()['traceparent']).toBe('00-0192c1f00000700080000000000000ab-0000000300000002-00');
    expect(headersOf({ traceparent: '00-1-2-01' })['traceparent']).toBe('00-1-2-01');
  });

  it('adds the event\'s attributes, except those that the endpoint has a header for', () => {
    const flat = deliveredHeaders({ ...facts, attributes: { 'ce-id': '1', 'x-key': 'of the producer' } }, [], { 'X-Key': 'of the endpoint' }, 0);
    expect(flat.slice(-4)).toEqual(['X-Key', 'of the endpoint', 'ce-id', '1']);
  });

  it('adds the endpoint\'s own headers', () => {
    expect(headersOf({}, { authorization: 'Bearer x' })['authorization']).toBe('Bearer x');
  });
});
