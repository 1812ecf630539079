/** Events that the endpoint does not get cost less than deliveries, but not nothing. */
const MOST_FACTOR = 10;
/** More than the last step needed, because events are not alike. */
const SPARE = 1.25;

/**
 * How many events a step of a catch-up looks at: about as many as have the deliveries that it may make, by what the last step
 * found. What it looks at beyond them, the next step looks at again.
 */
export class StepLook {
  /** Events for each delivery. */
  private factor = 1;

  /** @param deliveries that the step may make */
  eventsFor(deliveries: number): number {
    return Math.ceil(deliveries * Math.min(MOST_FACTOR, this.factor * SPARE));
  }

  /** @param passed events that the step has looked at, and will not look at again */
  onStep(passed: number, deliveries: number): void {
    this.factor = deliveries === 0 ? MOST_FACTOR : passed / deliveries;
  }
}
