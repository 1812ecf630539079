import { toPublicId } from '#domain/ids';
import type { OpenSpan } from '#ground/tracing/span';
import type { BatchFacts, Tracing } from '#ground/tracing/tracing';
import type { ShardVerdict } from './admission.repository.js';

const ADMIT_EVENTS: BatchFacts = { name: 'admit events', kind: 'client', attributes: { 'db.system.name': 'postgresql' }, sizeAttribute: 'db.operation.batch.size' };

interface AdmittedEvent {
  readonly eventId: string;
  readonly shard: number;
  readonly span: OpenSpan;
  deliveries: number;
}

/**
 * Records an admission that has been committed: its statement, and each recorded event that has deliveries.
 * @param events that were asked for
 * @param startedAtMs when the statement was sent, by `performance.now()`
 */
export function recordAdmission(tracing: Tracing, verdicts: readonly ShardVerdict[], shards: readonly number[], events: number, startedAtMs: number): void {
  const admitted = verdicts.flatMap((verdict, i) => admittedOf(tracing, verdict, shards[i] ?? -1, startedAtMs));
  tracing.endBatch(ADMIT_EVENTS, admitted.map(({ span }) => span), events, startedAtMs);
  for (const { eventId, shard, span, deliveries } of admitted) {
    tracing.end(span, {
      name: 'process event',
      kind: 'consumer',
      attributes: {
        'messaging.system': 'kafka', 'messaging.operation.type': 'process',
        'lockstep.event.id': toPublicId('evt', eventId), 'lockstep.shard': shard, 'lockstep.deliveries': deliveries,
      },
    });
  }
}

function admittedOf(tracing: Tracing, verdict: ShardVerdict, shard: number, startedAtMs: number): AdmittedEvent[] {
  if (verdict.kind === 'fenced') return [];
  const events: AdmittedEvent[] = [];
  let [last, lastId]: [AdmittedEvent | undefined, string] = [undefined, ''];
  // An event's deliveries are adjacent.
  for (const { eventId, traceparent } of verdict.deliveries) {
    if (eventId !== lastId) {
      const span = tracing.begin(eventId, traceparent, 'process', startedAtMs);
      [last, lastId] = [span && { eventId, shard, span, deliveries: 0 }, eventId];
      if (last !== undefined) events.push(last);
    }
    if (last !== undefined) last.deliveries += 1;
  }
  return events;
}
