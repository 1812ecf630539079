import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

/** kill -9; started again at the fault's end. */
export const kill: FaultAction = async (rig, { target }) => {
  const app = rig.app(target);
  await app.kill();
  return async () => {
    app.start();
    await app.ready();
  };
};

/** SIGSTOP, for longer than a lease lives; then it goes on where it stood. */
export const freeze: FaultAction = (rig, { target }) => {
  const app = rig.app(target);
  app.freeze();
  return Promise.resolve(async () => {
    app.thaw();
    await app.ready();
  });
};

/** SIGTERM, and started again when it has ended. */
export const restart: FaultAction = async (rig, { target }) => {
  const app = rig.app(target);
  const wrong = await app.stop();
  if (wrong !== undefined) rig.findings.push(wrong);
  app.start();
  await app.ready();
  return nothingToEnd;
};
