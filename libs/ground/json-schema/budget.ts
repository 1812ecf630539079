/** A check was given up, because it takes too much work or goes too deep. */
export class GivenUpError extends Error {
  override readonly name = 'GivenUpError';
}

/** References followed inside each other: a level of the value seldom takes more than one. */
const MAX_DEPTH = 256;
/** Characters that are read in one step. */
const CHARACTERS = 8;

/** V8 keeps an object with more names as a dictionary, and goes through it ten times more slowly (some 2 us a name). */
const MANY_NAMES = 1_000;
const STEPS_OF_MANY = 8;

/** The work that one check may take. Compiled schemas spend it, so it is one object, which is reset for each check. */
export class Budget {
  left = 0;
  private depth = 0;

  reset(steps: number): void {
    this.left = steps;
    this.depth = 0;
  }

  /** @throws GivenUpError */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) this.giveUp();
  }

  /** For work that reads a text. @throws GivenUpError */
  spendOnText(length: number): void {
    this.spend(1 + Math.floor(length / CHARACTERS));
  }

  /** For work that reads all names of an object. Other values have none. @throws GivenUpError */
  spendOnNames(value: unknown, stepsPerName: number): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const names = Object.keys(value);
    const each = names.length > MANY_NAMES ? STEPS_OF_MANY : stepsPerName;
    let steps = 0;
    for (const name of names) steps += each + Math.floor(name.length / CHARACTERS);
    this.spend(steps);
  }

  /** @throws GivenUpError */
  enter(): void {
    if (++this.depth > MAX_DEPTH) throw new GivenUpError(`is nested too deeply to be checked against the schema: ${MAX_DEPTH} levels are checked`);
  }

  leave(): void {
    this.depth--;
  }

  giveUp(): never {
    throw new GivenUpError('takes more work to check against the schema than a body of this size may take');
  }
}
