import { readdir, rm } from 'node:fs/promises';
import { findStack } from './data-folder.js';
import { dataFolders } from './stack-settings.js';

// A data folder contains one of these. A folder without them may come from a mistyped LOCKSTEP_DATA_DIR.
const markers = ['ports.json', 'stack.lock', 'admin-key', 'secret-key', 'postgres', 'kafka'];

/** Whether the folder exists. @throws Error when it must not be deleted */
async function isDeletable(dataDir: string): Promise<boolean> {
  const content = await readdir(dataDir).catch(() => undefined);
  if (content === undefined) return false;
  const pid = await findStack(dataDir);
  if (pid !== undefined) throw new Error(`A stack (pid ${pid}) is running on ${dataDir}: stop it first. Nothing was deleted.`);
  if (content.length > 0 && !content.some((name) => markers.includes(name))) throw new Error(`${dataDir} is not a data folder of Lockstep. Nothing was deleted.`);
  return true;
}

async function reset(): Promise<void> {
  const folders = dataFolders(process.env);
  const deletable: string[] = [];
  for (const dataDir of folders) if (await isDeletable(dataDir)) deletable.push(dataDir);
  for (const dataDir of deletable) {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    console.log(`Deleted ${dataDir} with its database, Kafka topics, keys and logs.`);
  }
  if (deletable.length === 0) console.log(`Nothing to delete: there is no ${folders.join(' and no ')}.`);
}

await reset().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
