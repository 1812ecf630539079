import type { Budget } from './budget.js';
import type { JsonObject } from './json.js';

/** Its names are sorted, and its text is put together. */
const OBJECT_STEPS = 4;

/** JSON values, found in a time that does not depend on how many there are. */
export class ValueSet {
  private readonly scalars = new Set<unknown>();
  private readonly texts = new Set<string>();

  constructor(private readonly budget: Budget) {}

  /** @throws GivenUpError */
  has(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return this.scalars.has(value);
    return this.texts.size > 0 && this.texts.has(canonicalText(value, this.budget));
  }

  /** Whether it was not there. @throws GivenUpError */
  add(value: unknown): boolean {
    const before = this.scalars.size + this.texts.size;
    if (typeof value !== 'object' || value === null) this.scalars.add(value);
    else this.texts.add(canonicalText(value, this.budget));
    return this.scalars.size + this.texts.size > before;
  }
}

/** Whether no two of them are equal, in time linear in their size. @throws GivenUpError */
export function areUnique(values: readonly unknown[], budget: Budget): boolean {
  const seen = new ValueSet(budget);
  for (const value of values) {
    budget.spend(1);
    if (!seen.add(value)) return false;
  }
  return true;
}

/** The same text for equal values: the order of members does not count. */
function canonicalText(value: unknown, budget: Budget): string {
  if (typeof value === 'string') {
    budget.spendOnText(value.length);
    return JSON.stringify(value);
  }
  budget.spend(1);
  if (typeof value !== 'object' || value === null) return String(value);
  budget.spend(OBJECT_STEPS);
  budget.enter();
  const text = Array.isArray(value) ? textOfItems(value, budget) : textOfMembers(value as JsonObject, budget);
  budget.leave();
  return text;
}

function textOfItems(items: readonly unknown[], budget: Budget): string {
  let text = '[';
  for (const item of items) text += `${canonicalText(item, budget)},`;
  return text;
}

function textOfMembers(members: JsonObject, budget: Budget): string {
  let text = '{';
  for (const name of Object.keys(members).sort()) text += `${canonicalText(name, budget)}:${canonicalText(members[name], budget)},`;
  return text;
}
