import { toPublicId } from '#domain/ids';
import type { SpanFacts, SpanKind } from '#ground/tracing/span';
import type { BatchFacts } from '#ground/tracing/tracing';

/** The statement that stores accepted events. */
export const COMMIT_EVENTS: BatchFacts = { name: 'commit events', kind: 'client', attributes: { 'db.system.name': 'postgresql' }, sizeAttribute: 'db.operation.batch.size' };

interface AcceptedFacts {
  readonly id: string;
  readonly tenant: string;
  readonly type: string;
  readonly entity: string;
  readonly shard: number;
  readonly payload: { readonly length: number };
  readonly origin: { readonly source: string };
}

/** The span of accepting an event, from its request to its commit. Its payload and attributes are not shown. */
export function acceptedSpan(kind: SpanKind, { id, tenant, type, entity, shard, payload, origin }: AcceptedFacts): SpanFacts {
  return {
    name: 'accept event',
    kind,
    attributes: {
      'lockstep.event.id': toPublicId('evt', id), 'lockstep.event.type': type, 'lockstep.tenant': tenant, 'lockstep.entity': entity,
      'lockstep.source': origin.source, 'lockstep.shard': shard, 'lockstep.payload.bytes': payload.length,
    },
  };
}
