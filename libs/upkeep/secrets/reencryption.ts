import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '#ground/postgres/pool';
import { type SecretBox, SecretBoxError } from '#ground/secrets/secret-box';
import { SEALED_COLUMNS, type SealedColumn, type StoredBox } from './sealed-columns.js';

/** Rows of one statement. Headers have up to 16 KiB: 8 MiB in all. */
const BATCH = 500;
/** What other transactions hold is free again after this. */
const PAUSE_MS = 200;
/** Of a run. Each reads everything; a gateway that still writes with a former key would keep it from ending. */
const MAX_PASSES = 20;

/** What one pass over everything that is stored has found. */
export interface Pass {
  /** Boxes that were read. */
  stored: number;
  /** Those of a former key. */
  former: number;
  /** Those of them that have the present key now. */
  resealed: number;
  /** What no key opens, by its context; without what is deleted. */
  readonly unreadable: string[];
}

/** Called after each column, and in a long one from time to time. */
export type ProgressListener = (column: string, stored: number, resealed: number) => void;

/**
 * Finds what is stored with a former key, and stores it with the present one. Each statement replaces only boxes that are still
 * the ones that were read, so it may run beside gateways that change the same rows, be killed at any moment, and be run again:
 * what has the present key is passed over.
 */
export class Reencryption {
  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
    private readonly onProgress: ProgressListener,
  ) {}

  /**
   * Passes over everything until a pass finds no box of a former key.
   * @returns the last pass; `former` is above 0 if others keep storing boxes of a former key, or hold rows for long
   * @throws what Postgres throws
   */
  async run(): Promise<Pass> {
    for (let passes = 1; ; passes++) {
      const pass = await this.pass((column, stale) => this.reseal(column, stale));
      if (pass.former === 0 || passes === MAX_PASSES) return pass;
      if (pass.resealed < pass.former) await delay(PAUSE_MS);
    }
  }

  /** Only counts. @throws what Postgres throws */
  check(): Promise<Pass> {
    return this.pass(() => Promise.resolve(0));
  }

  private async pass(replace: (column: SealedColumn, stale: readonly StaleBox[]) => Promise<number>): Promise<Pass> {
    const pass: Pass = { stored: 0, former: 0, resealed: 0, unreadable: [] };
    for (const column of SEALED_COLUMNS) {
      const before = { ...pass };
      const report = (): void => this.onProgress(column.name, pass.stored - before.stored, pass.resealed - before.resealed);
      let length = BATCH;
      for (let after = 0; length === BATCH; ) {
        const rows = await column.find.run({ after, limit: BATCH }, this.database);
        const stale = rows.flatMap((row) => this.staleBox(row, column.contextOf(row.publicId), pass.unreadable));
        pass.stored += rows.length;
        pass.former += stale.length;
        if (stale.length > 0) pass.resealed += await replace(column, stale);
        length = rows.length;
        after = rows.at(-1)?.id ?? after;
        if (length === BATCH) report();
      }
      report();
    }
    return pass;
  }

  private async reseal(column: SealedColumn, stale: readonly StaleBox[]): Promise<number> {
    const [row] = await column.reseal.run({ ids: stale.map(({ id }) => id), boxes: stale.map(({ box }) => box), resealed: stale.map(({ resealed }) => resealed) }, this.database);
    return row?.replaced ?? 0;
  }

  private staleBox({ id, isDeleted, box }: StoredBox, context: string, unreadable: string[]): StaleBox[] {
    try {
      const resealed = this.secrets.resealed(box, context);
      return resealed === undefined ? [] : [{ id, box, resealed }];
    } catch (error) {
      if (!(error instanceof SecretBoxError)) throw error;
      // Nobody can set what a deleted endpoint has, nor needs it.
      if (!isDeleted) unreadable.push(context);
      return [];
    }
  }
}

interface StaleBox {
  readonly id: number;
  readonly box: Buffer;
  readonly resealed: Buffer;
}
