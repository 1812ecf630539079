import { existsSync } from 'node:fs';
import { loadNodeFlags, mainFileOf } from './built-code.mjs';
import { startProgram } from './processes.mjs';

/**
 * Starts a built app and waits until it is ready.
 * @param {{ app: string, name: string, env: NodeJS.ProcessEnv, folder: string, port: number }} start env: the whole environment except PORT
 */
export async function startBuiltApp({ app, name, env, folder, port }) {
  const file = mainFileOf(app);
  if (!existsSync(file)) throw new Error(`${file} does not exist: is there an app named ${app}?`);
  const program = startProgram({ name, file, env: { ...env, PORT: String(port) }, folder, nodeFlags: await loadNodeFlags() });
  const url = `http://127.0.0.1:${port}`;
  await program.whenReady(() => fetch(`${url}/health/ready`).then(({ ok }) => ok, () => false));
  return { ...program, url };
}
