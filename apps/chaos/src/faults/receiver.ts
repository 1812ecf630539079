import type { ReceiverMode } from '../receiver-orders.js';
import type { FaultAction } from './ongoing-fault.js';

/** The receiver behaves that way for the fault's time. */
export const receiverIs = (mode: (amount: number) => ReceiverMode): FaultAction => async (rig, { amount = 0 }) => {
  await rig.receiver.become(mode(amount));
  return () => rig.receiver.become({ kind: 'ok' });
};
