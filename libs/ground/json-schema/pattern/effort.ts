/** A pattern that cannot become a table, with the reason. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** What all patterns of a schema may cost together, so that no schema takes long to compile. */
export class Effort {
  /** @param left a unit takes some 100 ns, and makes a table at most two bytes longer */
  constructor(private left: number) {}

  /** @throws PatternError */
  spend(units: number): void {
    this.left -= units;
    if (this.left < 0) throw new PatternError('needs too large a table: repeat less, or anchor it with ^');
  }
}
