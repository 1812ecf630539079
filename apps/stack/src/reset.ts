import { readdir, rm } from 'node:fs/promises';
import { stackOn } from './data-folder.js';
import { readStackSettings } from './stack-settings.js';

// A folder that a mistyped LOCKSTEP_DATA_DIR names must not be deleted: ours has one of these in it.
const marks = ['ports.json', 'stack.lock', 'admin-key', 'secret-key', 'postgres', 'kafka'];

async function reset(): Promise<void> {
  const { dataDir } = readStackSettings(process.env);
  const content = await readdir(dataDir).catch(() => undefined);
  if (content === undefined) {
    console.log(`Nothing to delete: there is no ${dataDir}.`);
    return;
  }
  const pid = await stackOn(dataDir);
  if (pid !== undefined) throw new Error(`A stack (pid ${pid}) is running on ${dataDir}: stop it first.`);
  if (content.length > 0 && !content.some((name) => marks.includes(name))) throw new Error(`${dataDir} is not a data folder of Lockstep: nothing deleted.`);
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  console.log(`Deleted ${dataDir}: database, Kafka topics, keys and logs of the embedded stack.`);
}

await reset().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
