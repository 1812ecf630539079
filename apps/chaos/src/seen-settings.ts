import { createHmac } from 'node:crypto';
import type { Arrival, Setting } from './history.js';
import type { RecordedArrival } from './receiver-messages.js';
import { sealedBody } from './sealed-body.js';

/** A custom header of every endpoint: its value is the generation of the headers. */
export const GENERATION_HEADER = 'chaos-generation';

const PREFIX = '/hook/';
const GENERATION_MARK = '~';

/** The path of an endpoint's URL in this generation. The receiver takes all of them for the same endpoint. */
export function pathOf(name: string, generation: number): string {
  return `${PREFIX}${name}${GENERATION_MARK}${generation}`;
}

export function nameIn(path: string): string {
  return partsOf(path)[0] ?? '';
}

/**
 * The arrival at an endpoint, with the generations of its settings that the request shows.
 * @param endpoint undefined when no endpoint has such a path; its secrets: the first generation first
 */
export function arrivalAt(endpoint: { readonly id: string; readonly secrets: readonly string[] } | undefined, recorded: RecordedArrival): Arrival {
  const { path, timestamp, signature, headersGeneration, ...arrival } = recorded;
  const signatures = signature.split(' ');
  const signed = `${arrival.eventId}.${timestamp}.${sealedBody(arrival.entity, arrival.key)}`;
  const generations: Record<Setting, number> = {
    url: Number(partsOf(path)[1]),
    secret: (endpoint?.secrets ?? []).findLastIndex((secret) => signatures.includes(signatureBy(secret, signed))) + 1,
    headers: headersGeneration,
  };
  // JSON drops undefined fields.
  return { ...arrival, status: arrival.status, oddity: arrival.oddity, endpoint: endpoint?.id ?? path, generations };
}

function partsOf(path: string): string[] {
  return path.slice(PREFIX.length).split(GENERATION_MARK);
}

/** Standard Webhooks, v1; written again here, because the system under test can't judge itself. */
function signatureBy(secret: string, signed: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
