import type { Arrival } from './order-check.js';

// A delivery that did not wait takes less.
const noticeableMs = 250;

/** A request to the demo's receiver, as a line with aligned columns. */
export function arrivalLine(arrival: Arrival, inOrder: boolean, sinceAcceptedMs: number): string {
  const { entity, sequence, type, attempt, status } = arrival;
  const columns = [entity.padEnd(10), `#${sequence}`.padStart(4), type.padEnd(15), `attempt ${attempt}`, status];
  return `  ${columns.join('  ')}  ${remark(arrival, inOrder, sinceAcceptedMs)}`.trimEnd();
}

function remark({ entity, sequence, attempt, status }: Arrival, inOrder: boolean, sinceAcceptedMs: number): string {
  if (!inOrder) return '✗ out of order';
  if (status === 503) return `← refused; later events of ${entity} wait`;
  if (attempt > 1) return '✓ retried, order kept';
  if (sequence > 1 && sinceAcceptedMs >= noticeableMs) return `✓ waited ${(sinceAcceptedMs / 1000).toFixed(1)} s for #${sequence - 1}`;
  return '✓';
}
