/**
 * `npm run dev`: runs the stack as `npm start` does. When sources or migrations change, it builds and restarts the apps.
 * A change that does not compile leaves the apps running.
 */
import { spawn } from 'node:child_process';
// The default import, because an old Node fails to link a missing name before checkNode can say what to do.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildIfStale } from './build-if-stale.mjs';
import { checkNode } from './check-node.mjs';

checkNode();
const ROOT = path.dirname(import.meta.dirname);
const STACK_FILE = path.join(path.resolve(ROOT, process.env.LOCKSTEP_DATA_DIR || '.lockstep'), 'stack.json');
const STAMP = path.join(ROOT, 'dist', '.built-from');
// Combines an editor's "save all", or a change of branch, into one change.
const DEBOUNCE_MS = 300;
// Runs in a child process: a build takes seconds, during which this process must supervise its apps.
const BUILD = 'import("./scripts/build-if-stale.mjs").then((it) => it.buildIfStale()).catch((error) => { console.error(error.message); process.exitCode = 1; })';

const ended = new AbortController();
let watchers = [];
let timer;
let updating = false;
let changedDuringUpdate = false;
let schemaChanged = false;

await buildIfStale().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
let runningFrom = readStamp();
watchFolders();
// Resolves when Ctrl-C, SIGTERM or the end of npm has stopped everything.
await import('./start.mjs');
ended.abort();
clearTimeout(timer);
for (const watcher of watchers) watcher.close();

/** Watches each folder separately: on Linux, Node's recursive watch loses a file that an editor replaces (v24.21). */
function watchFolders() {
  for (const watcher of watchers) watcher.close();
  const folders = ['apps', 'libs', 'migrations'].map((folder) => path.join(ROOT, folder)).flatMap((folder) =>
    [folder, ...fs.readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)).filter((name) => fs.statSync(name, { throwIfNoEntry: false })?.isDirectory())]);
  watchers = folders.map((folder) => fs.watch(folder, (_, file) => onChange(folder, file ?? '')).on('error', () => undefined));
}

function onChange(folder, file) {
  if (path.basename(folder) === 'migrations') schemaChanged = true;
  // A name without an extension may be a new folder.
  else if (!/^[^.]+$|\.ts$/.test(file) || file.endsWith('spec.ts')) return;
  clearTimeout(timer);
  timer = setTimeout(() => void update(), DEBOUNCE_MS);
}

/** Runs one update at a time; changes during an update start another one. */
async function update() {
  changedDuringUpdate = updating;
  if (updating) return;
  updating = true;
  try {
    watchFolders();
    await rebuildAndRestart();
  } catch (error) {
    if (!ended.signal.aborted) console.log(`The apps were not restarted: ${error.message}`);
  }
  updating = false;
  if (changedDuringUpdate && !ended.signal.aborted) await update();
}

async function rebuildAndRestart() {
  if (!(await build())) throw new Error('the build failed');
  // The files were saved without a change. Another command may have built, so only the running apps' stamp counts.
  if (readStamp() === runningFrom && !schemaChanged) return;
  const { processes } = await ownStack();
  runningFrom = readStamp();
  schemaChanged = false;
  console.log(`Restarting ${processes.map(({ app, instance }) => `${app}-${instance}`).join(', ')}`);
  // Each app drains and exits; the supervisor restarts it.
  for (const { pid } of processes) terminate(pid);
}

async function build() {
  const child = spawn(process.execPath, ['--eval', BUILD], { cwd: ROOT, stdio: ['ignore', 2, 2], signal: ended.signal });
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', (code) => resolve(code === 0)));
}

/** Waits for the stack.json of this process's stack. */
async function ownStack() {
  for (;;) {
    const stack = fs.existsSync(STACK_FILE) ? JSON.parse(fs.readFileSync(STACK_FILE, 'utf8')) : undefined;
    if (stack?.pid === process.pid) return stack;
    await delay(250, undefined, { signal: ended.signal });
  }
}

function terminate(pid) {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    // The app has exited, and the supervisor restarts it anyway.
    if (error.code !== 'ESRCH') throw error;
  }
}

function readStamp() {
  return fs.existsSync(STAMP) ? fs.readFileSync(STAMP, 'utf8') : undefined;
}
