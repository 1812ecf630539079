import { elapsedMs, type Moment, now } from '#domain/clock';

/** Rows of one read of a table whose changes carry their transaction. The first page says what the read saw. */
export interface ChangedRow {
  /** Differs after a restart or a failover. */
  readonly server: string;
  /** What the next read starts from. */
  readonly snapshot: string;
}

export interface Changes<Row> {
  /** Whether these are all rows: what is not among them is gone. */
  readonly areAll: boolean;
  readonly rows: readonly Row[];
}

/** Before every snapshot. */
const NOTHING_READ = '0';
/** Rows of deleted things stay for a day, so a reader that slept for an hour has missed nothing. */
const LONGEST_GAP_MS = 3_600_000;

/**
 * Reads a table once, and then what has changed. After a failover the server may lack commits that were read, and count
 * transactions again; all rows are then read once more, as they are after a long gap.
 */
export class ChangedRows<Row extends ChangedRow> {
  private snapshot = NOTHING_READ;
  private server: string | undefined;
  private readAt: Moment | undefined;

  /** @param pages rows that have changed since a snapshot, page by page; the first page has at least one row */
  constructor(private readonly pages: (since: string) => AsyncIterable<readonly Row[]>) {}

  /** A read that fails is forgotten: the next one gets the same changes. */
  async read(): Promise<Changes<Row>> {
    const startedAt = now();
    const isLate = this.readAt === undefined || elapsedMs(this.readAt, startedAt) > LONGEST_GAP_MS;
    let areAll = isLate || this.snapshot === NOTHING_READ;
    let { first, rows } = await this.since(areAll ? NOTHING_READ : this.snapshot);
    if (!areAll && first.server !== this.server) {
      areAll = true;
      ({ first, rows } = await this.since(NOTHING_READ));
    }
    this.snapshot = first.snapshot;
    this.server = first.server;
    this.readAt = startedAt;
    return { areAll, rows };
  }

  private async since(since: string): Promise<{ readonly first: Row; readonly rows: readonly Row[] }> {
    const rows: Row[] = [];
    for await (const page of this.pages(since)) rows.push(...page);
    const [first] = rows;
    if (first === undefined) throw new Error('A table was read without a snapshot');
    return { first, rows };
  }
}
