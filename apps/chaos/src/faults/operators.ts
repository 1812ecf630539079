import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

export const pauseEndpoint: FaultAction = async (rig, { target }) => {
  await rig.operator.pause(target);
  return () => rig.operator.resume(target);
};

export const addEndpoint: FaultAction = async (rig) => {
  await rig.operator.addEndpoint(rig.receiverUrl, `added-${rig.operator.endpoints.size}`);
  return nothingToEnd;
};

export const replayDeadLetters: FaultAction = async (rig) => {
  const matched = await rig.operator.replayDeadLetters();
  rig.say(`  replaying ${matched} dead letters`);
  return nothingToEnd;
};
