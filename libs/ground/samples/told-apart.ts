/** Names that have numbers of their own in an hour, of all tenants together. */
export const MOST_TOLD_APART = 1_000;
/** Further ones, of tenants that have only a few: one tenant with very many does not hide those of all others. */
const RESERVED = 100;
const FEW = 10;

interface Named {
  readonly tenant: string;
  readonly name: string;
  readonly tally: { readonly weight: number };
}

/**
 * The names of a kind that this process tells apart. One that is stays so until the hour ends, so that the process has its numbers
 * from the beginning of the hour on, and no more names than these have rows, however many there are. The busiest come first, and
 * the tenants take turns. Other processes choose by what they see: of more names than these, the sum of all processes is incomplete.
 */
export class ToldApart {
  private readonly byTenant = new Map<string, Set<string>>();
  private size = 0;
  private hour = NaN;

  /** Tells names apart while there is room. @param hour another one forgets all names */
  admit(hour: number, named: readonly Named[]): void {
    if (hour !== this.hour) this.clear(hour);
    const turns = new Map<string, number>();
    const news = named.filter(({ tenant, name }) => name !== '' && !this.has(tenant, name)).map(({ tenant, name, tally: { weight } }) => ({ tenant, name, weight }));
    const inTurn = news.sort((a, b) => b.weight - a.weight).map((candidate) => {
      const turn = turns.get(candidate.tenant) ?? this.byTenant.get(candidate.tenant)?.size ?? 0;
      turns.set(candidate.tenant, turn + 1);
      return { ...candidate, turn };
    });
    for (const { tenant, name, turn } of inTurn.sort((a, b) => a.turn - b.turn)) {
      if (this.size < MOST_TOLD_APART || (this.size < MOST_TOLD_APART + RESERVED && turn < FEW)) this.add(tenant, name);
    }
  }

  has(tenant: string, name: string): boolean {
    return this.byTenant.get(tenant)?.has(name) === true;
  }

  private add(tenant: string, name: string): void {
    const names = this.byTenant.get(tenant);
    if (names === undefined) this.byTenant.set(tenant, new Set([name]));
    else names.add(name);
    this.size += 1;
  }

  private clear(hour: number): void {
    this.byTenant.clear();
    this.size = 0;
    this.hour = hour;
  }
}
