import { stepClock as step } from '../chaos-database.js';
import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

/** The database's clock jumps by `amount` milliseconds, and stays so. */
export const stepClock: FaultAction = async (rig, { amount = 0 }) => {
  await step(rig.databaseUrl, amount);
  return nothingToEnd;
};
