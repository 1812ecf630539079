import { readdir, rm } from 'node:fs/promises';
import { stackOn } from './data-folder.js';
import { dataFolders } from './stack-settings.js';

// A folder that a mistyped LOCKSTEP_DATA_DIR names must not be deleted: ours has one of these in it.
const marks = ['ports.json', 'stack.lock', 'admin-key', 'secret-key', 'postgres', 'kafka'];

/** Whether there is something to delete. @throws Error when it must not be deleted */
async function isOurs(dataDir: string): Promise<boolean> {
  const content = await readdir(dataDir).catch(() => undefined);
  if (content === undefined) return false;
  const pid = await stackOn(dataDir);
  if (pid !== undefined) throw new Error(`A stack (pid ${pid}) is running on ${dataDir}: stop it first. Nothing deleted.`);
  if (content.length > 0 && !content.some((name) => marks.includes(name))) throw new Error(`${dataDir} is not a data folder of Lockstep: nothing deleted.`);
  return true;
}

async function reset(): Promise<void> {
  const folders = dataFolders(process.env);
  const ours: string[] = [];
  for (const dataDir of folders) if (await isOurs(dataDir)) ours.push(dataDir);
  for (const dataDir of ours) {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    console.log(`Deleted ${dataDir}: database, Kafka topics, keys and logs that were in it.`);
  }
  if (ours.length === 0) console.log(`Nothing to delete: there is no ${folders.join(' and no ')}.`);
}

await reset().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
