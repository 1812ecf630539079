import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../clock.js';
import type { Setting } from '../history.js';
import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

/** Between two changes: some 90 events are posted meanwhile. */
const CHANGE_INTERVAL_MS = 400;

/** Changes the setting of the endpoint, again and again until the fault ends. */
export const change = (setting: Setting): FaultAction => (rig, { target }) => {
  const ended = new AbortController();
  const changing = changeUntil(ended.signal, () => rig.operator.change(target, setting));
  // The end of the fault reports it.
  changing.catch(() => undefined);
  return Promise.resolve(() => {
    ended.abort();
    return changing;
  });
};

/** Ends early when a call was repeated: the call before could be carried out late, and undo the next change. */
async function changeUntil(ended: AbortSignal, act: () => Promise<boolean>): Promise<void> {
  while (!ended.aborted && (await act())) await delay(CHANGE_INTERVAL_MS, undefined, { signal: ended }).catch(() => undefined);
}

export const pauseEndpoint: FaultAction = async (rig, { target }) => {
  await rig.operator.pause(target);
  return () => rig.operator.resume(target);
};

export const addEndpoint: FaultAction = async (rig) => {
  await rig.operator.addEndpoint(`added-${rig.operator.endpoints.length}`);
  return nothingToEnd;
};

/** Creates an endpoint that starts with the first event, or when `amount` percent of the run's time had passed. */
export const addPastEndpoint: FaultAction = async (rig, { amount = 0 }) => {
  const atMs = nowMs();
  const beganAtMs = rig.operator.endpoints[0]?.createdAtMs ?? atMs;
  await rig.operator.addEndpoint(`past-${rig.operator.endpoints.length}`, { startsAtMs: amount === 0 ? 0 : beganAtMs + ((atMs - beganAtMs) * amount) / 100 });
  return nothingToEnd;
};

export const replayDeadLetters: FaultAction = async (rig) => {
  const matched = await rig.operator.replayDeadLetters();
  rig.say(`  replaying ${matched} dead letters`);
  return nothingToEnd;
};
