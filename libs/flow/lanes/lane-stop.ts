/** Why nothing of a lane is started: an operator has paused it, or a dead letter of an endpoint with `dlqPolicy: halt`. */
export type LaneStop = 'paused' | 'halted';

export function stopOf(paused: boolean, halted: boolean): LaneStop | undefined {
  if (paused) return 'paused';
  return halted ? 'halted' : undefined;
}
