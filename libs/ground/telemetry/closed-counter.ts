import { Counter } from 'prom-client';

export interface ClosedCounterOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  /** All values of each label. */
  readonly labels: Readonly<Record<Label, readonly string[]>>;
}

/**
 * A counter whose labels have a closed set of values. Each combination has a series from the start: Prometheus sees no
 * increase in a series that begins with 1, so the first error would raise no alert.
 */
export function closedCounter<const Label extends string>({ name, help, labels }: ClosedCounterOptions<Label>): Counter<Label> {
  const labelNames = Object.keys(labels) as Label[];
  const counter = new Counter({ name, help, labelNames });
  for (const series of combinationsOf(labelNames, labels)) counter.inc(series, 0);
  return counter;
}

function combinationsOf<Label extends string>(names: readonly Label[], values: Readonly<Record<Label, readonly string[]>>): Partial<Record<Label, string>>[] {
  return names.reduce<Partial<Record<Label, string>>[]>((series, name) => series.flatMap((others) => values[name].map((value) => ({ ...others, [name]: value }))), [{}]);
}
