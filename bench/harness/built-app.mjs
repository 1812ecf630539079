import { existsSync } from 'node:fs';
import path from 'node:path';
import { startProgram } from './processes.mjs';

const DIST = path.join(import.meta.dirname, '..', '..', 'dist');

/**
 * Starts one of the project's apps, as built, and waits until it is ready.
 * @param {{ app: string, name: string, env: NodeJS.ProcessEnv, folder: string, port: number }} start env: all that it gets, but for its port
 */
export async function startBuiltApp({ app, name, env, folder, port }) {
  const file = path.join(DIST, 'apps', app, 'src', 'main.js');
  if (!existsSync(file)) throw new Error(`${path.relative(path.dirname(DIST), file)} is not there: is there an apps/${app}/src/main.ts?`);
  const program = startProgram({ name, file, env: { ...env, PORT: String(port) }, folder, nodeFlags: await appFlags() });
  const url = `http://127.0.0.1:${port}`;
  await program.whenReady(() => fetch(`${url}/health/ready`).then(({ ok }) => ok, () => false));
  return { ...program, url };
}

/** What the apps' processes are run with. */
export async function appFlags() {
  // Only now: it is built by the time it is started.
  const { NODE_FLAGS } = await import(path.join(DIST, 'libs', 'startup', 'src', 'node-flags.js'));
  return NODE_FLAGS;
}
