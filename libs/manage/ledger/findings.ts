import { deliveryId, toPublicId } from '#domain/ids';
import { isViolationKind, type Violation, type ViolationKind } from './ledger.js';

const MAX_EXAMPLES = 10;

/** A row of every check: one example of a kind, and the number of that kind and tenant. */
export interface Finding {
  readonly kind: string;
  readonly tenant: string | null;
  readonly total: number;
}

/** Collects the findings of all checks, which may read several spans of time one by one. */
export class Findings {
  private readonly found = new Map<string, { kind: ViolationKind; tenant: string | null; count: number; examples: string[] }>();

  /** Adds the rows of one statement, with up to ten examples of each kind and tenant. */
  add<Row extends Finding>(rows: readonly Row[], exampleOf: (row: Row) => string): void {
    for (const group of Map.groupBy(rows, keyOf).values()) {
      const [{ kind, tenant, total }] = group as [Row];
      if (!isViolationKind(kind)) throw new Error(`A check found an unknown kind of violation: ${kind}`);
      const violation = this.found.get(keyOf({ kind, tenant })) ?? { kind, tenant, count: 0, examples: [] };
      violation.count += total;
      violation.examples.push(...group.map(exampleOf).slice(0, MAX_EXAMPLES - violation.examples.length));
      this.found.set(keyOf({ kind, tenant }), violation);
    }
  }

  /** The number of findings of a kind, for one tenant or for all. */
  countOf(kind: ViolationKind, tenant?: string): number {
    return this.violations.reduce((sum, each) => sum + (each.kind === kind && (tenant === undefined || each.tenant === tenant) ? each.count : 0), 0);
  }

  get violations(): readonly Violation[] {
    return [...this.found.values()];
  }
}

function keyOf({ kind, tenant }: Pick<Finding, 'kind' | 'tenant'>): string {
  return `${kind}/${tenant ?? ''}`;
}

export function eventOf({ eventId }: { readonly eventId: string }): string {
  return toPublicId('evt', eventId);
}

export function deliveryOf({ eventId, endpoint, replay }: { readonly eventId: string; readonly endpoint: number; readonly replay: number }): string {
  return deliveryId({ eventId, endpoint, replay });
}

export function laneOf({ lane, entity, endpointPublicId }: { readonly lane: number; readonly entity: string | null; readonly endpointPublicId: string | null }): string {
  // The row of the lane, or of its endpoint, is missing: only the internal number can name it.
  return entity === null || endpointPublicId === null ? `lane ${lane}` : `${toPublicId('ep', endpointPublicId)}/${entity}`;
}
