import { once } from 'node:events';

/** Stops the shared servers and waits until they and their folder are gone. */
export default async function stopSharedServers(): Promise<void> {
  const owner = globalThis.lockstepSharedServers;
  if (owner === undefined || owner.exitCode !== null) {
    return;
  }
  const gone = once(owner, 'exit');
  owner.disconnect();
  await gone;
}
