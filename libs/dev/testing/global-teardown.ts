import { once } from 'node:events';

/** Stops the shared servers, and waits until they have ended and their folder is deleted. */
export default async function stopSharedServers(): Promise<void> {
  const owner = globalThis.lockstepSharedServers;
  if (owner === undefined || owner.exitCode !== null) {
    return;
  }
  const exited = once(owner, 'exit');
  owner.disconnect();
  await exited;
}
