/** One request as the receiver saw it, by its own clock. */
export interface Arrival {
  readonly eventId: string;
  readonly deliveryId: string;
  readonly entity: string;
  readonly sequence: number;
  readonly previousSequence: number;
  readonly attempt: number;
  readonly redelivered: boolean;
  readonly replayed: boolean;
  readonly body: string;
  readonly arrivedAtMs: number;
  /** Undefined while it is being answered. */
  endedAtMs: number | undefined;
  status: number | undefined;
}

/**
 * Checks a receiver's record against the guarantees; one line for each finding. Per entity: first arrivals ascend from 1
 * without a gap; n+1 arrives first after a 2xx of n has ended, unless n is in `givenUp` (dead or discarded); a sequence
 * has one event; without a takeover no two requests overlap.
 */
export function findingsIn(arrivals: readonly Arrival[], options: { readonly givenUp?: ReadonlySet<string>; readonly takeovers?: boolean } = {}): string[] {
  const findings: string[] = [];
  const lanes = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const lane = lanes.get(arrival.entity);
    if (lane === undefined) lanes.set(arrival.entity, [arrival]);
    else lane.push(arrival);
  }
  for (const [entity, lane] of lanes) findings.push(...findingsInLane(lane, options).map((finding) => `${entity}: ${finding}`));
  return findings;
}

function findingsInLane(lane: readonly Arrival[], { givenUp, takeovers = false }: { givenUp?: ReadonlySet<string>; takeovers?: boolean }): string[] {
  const findings: string[] = [];
  const ids = new Map<number, string>();
  const deliveredAtMs = new Map<number, number>();
  let highest = 0;
  let before: Arrival | undefined;
  for (const arrival of lane) {
    const { sequence, eventId } = arrival;
    const known = ids.get(sequence);
    if (known === undefined) {
      if (sequence !== highest + 1) findings.push(`#${sequence} arrived first after #${highest}`);
      const previousId = ids.get(sequence - 1);
      const previousEndMs = deliveredAtMs.get(sequence - 1);
      const given = previousId !== undefined && givenUp?.has(previousId) === true;
      if (sequence > 1 && !given && (previousEndMs === undefined || previousEndMs > arrival.arrivedAtMs)) {
        findings.push(`#${sequence} arrived before #${sequence - 1} was delivered`);
      }
      ids.set(sequence, eventId);
      highest = Math.max(highest, sequence);
    } else if (known !== eventId) findings.push(`#${sequence} is ${known} and ${eventId}`);
    if (!takeovers && before !== undefined && (before.endedAtMs === undefined || before.endedAtMs > arrival.arrivedAtMs)) {
      findings.push(`#${sequence} attempt ${arrival.attempt} overlaps #${before.sequence} attempt ${before.attempt}`);
    }
    if (arrival.status !== undefined && arrival.status >= 200 && arrival.status <= 299 && arrival.endedAtMs !== undefined) {
      if (!takeovers && deliveredAtMs.has(sequence)) findings.push(`#${sequence} was sent again after it was delivered`);
      deliveredAtMs.set(sequence, Math.min(deliveredAtMs.get(sequence) ?? Infinity, arrival.endedAtMs));
    }
    before = arrival;
  }
  return findings;
}
