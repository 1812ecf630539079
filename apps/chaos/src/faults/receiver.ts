import type { ReceiverMode } from '../receiver-messages.js';
import type { FaultAction } from './ongoing-fault.js';

/** Puts the receiver into this mode until the fault ends. */
export const receiverMode = (mode: (amount: number) => ReceiverMode): FaultAction => async (rig, { amount = 0 }) => {
  await rig.receiver.setMode(mode(amount));
  return () => rig.receiver.setMode({ kind: 'ok' });
};
