import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

/** Kills an app with SIGKILL, and starts it when the fault ends. */
export const kill: FaultAction = async (rig, { target }) => {
  const app = rig.app(target);
  await app.kill();
  return async () => {
    app.start();
    await app.ready();
  };
};

/** Stops an app with SIGSTOP for longer than a lease, then continues it. */
export const freeze: FaultAction = (rig, { target }) => {
  const app = rig.app(target);
  app.freeze();
  return Promise.resolve(async () => {
    app.thaw();
    await app.ready();
  });
};

/** Stops an app with SIGTERM, then starts it again. */
export const restart: FaultAction = async (rig, { target }) => {
  const app = rig.app(target);
  const finding = await app.stop();
  if (finding !== undefined) rig.findings.push(finding);
  app.start();
  await app.ready();
  return nothingToEnd;
};
