import { deliveryId, toPublicId } from '#domain/ids';
import { isViolationKind, type Violation, type ViolationKind } from './ledger.js';

const MAX_EXAMPLES = 10;

/** What every check's rows say: one example of a kind, and how many there are of the kind and tenant in all. */
export interface Finding {
  readonly kind: string;
  readonly tenant: string | null;
  readonly total: number;
}

/** Adds up what the checks find, which may look at one span of time after the other. */
export class Findings {
  private readonly found = new Map<string, { kind: ViolationKind; tenant: string | null; count: number; examples: string[] }>();

  /** Adds one statement's rows: up to ten of each kind and tenant. */
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

  /** How many of a kind there are: of one tenant, or in all. */
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
  // The lane's row, or its endpoint's, is not there: only the inner number is left to name it by.
  return entity === null || endpointPublicId === null ? `lane ${lane}` : `${toPublicId('ep', endpointPublicId)}/${entity}`;
}
