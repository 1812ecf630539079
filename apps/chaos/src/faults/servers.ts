import type { Rig } from '../rig.js';
import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

type ServerName = 'postgres' | 'kafka';

/** Kills a server with SIGKILL, and starts it with its data when the fault ends. */
export const killServer = (name: ServerName): FaultAction => async (rig: Rig) => {
  await rig.servers[name].kill();
  return () => rig.servers[name].start();
};

export const restartServer = (name: ServerName): FaultAction => async (rig: Rig) => {
  await rig.servers[name].shutDown();
  await rig.servers[name].start();
  return nothingToEnd;
};
