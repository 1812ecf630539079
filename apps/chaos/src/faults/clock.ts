import { stepClock as step } from '../chaos-database.js';
import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

/** Moves the database's clock by `amount` milliseconds, permanently. */
export const stepClock: FaultAction = async (rig, { amount = 0 }) => {
  await step(rig.databaseUrl, amount);
  return nothingToEnd;
};
