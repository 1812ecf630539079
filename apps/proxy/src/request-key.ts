import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ProxyRoute } from './proxy-config.js';
import { parseDeliveryId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { keyIn, type KeyHeader, REQUEST_KEY_HEADERS } from '#idempotency/key-headers';

/** In order of precedence. */
const WEBHOOK_HEADERS: readonly KeyHeader[] = [['lockstep-delivery', 'Lockstep-Delivery'], ['webhook-id', 'Webhook-Id']];

/**
 * The key of a request; undefined when it has none and its route does not require one.
 * @throws LockstepError invalid_idempotency_key, idempotency_key_required
 */
export function keyOf(headers: IncomingHttpHeaders, { mode, keyRequired }: Pick<ProxyRoute, 'mode' | 'keyRequired'>): string | undefined {
  const names = mode === 'webhook' ? WEBHOOK_HEADERS : REQUEST_KEY_HEADERS;
  const key = keyIn(headers, names);
  if (key === undefined && keyRequired) throw new LockstepError('idempotency_key_required', `Send ${names.map(([, title]) => title).join(' or ')}: one value for this request and all its repeats`);
  return key;
}

/** The position of a webhook delivery: its lane, a hash of endpoint and entity, and its number in it. */
export interface DeliveryPosition {
  readonly lane: string;
  readonly sequence: number;
}

/** Undefined for a request without a lane, and for a replay of a dead letter, which has no order. */
export function positionOf(headers: IncomingHttpHeaders): DeliveryPosition | undefined {
  const { 'lockstep-sequence': sequence = '', 'lockstep-entity': entity, 'lockstep-delivery': delivery = '', 'lockstep-replay': replay } = headers;
  if (replay === 'true' || entity === undefined || !/^[1-9]\d{0,14}$/.test(String(sequence))) return undefined;
  const endpoint = parseDeliveryId(String(delivery))?.endpoint ?? 0;
  return { lane: hash('sha256', `${endpoint} ${String(entity)}`, 'hex').slice(0, 32), sequence: Number(sequence) };
}
