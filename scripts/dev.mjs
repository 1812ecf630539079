/**
 * `npm run dev`: runs the stack as `npm start` does; when sources or migrations change, builds, and after a good build
 * restarts the apps. A change that doesn't compile leaves them running as they are.
 */
import { spawn } from 'node:child_process';
// The default import: an old Node would fail to link a name that it lacks, before checkNode can say what to do.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildIfStale } from './build-if-stale.mjs';
import { checkNode } from './check-node.mjs';

checkNode();
const ROOT = path.dirname(import.meta.dirname);
const STACK_FILE = path.join(path.resolve(ROOT, process.env.LOCKSTEP_DATA_DIR || '.lockstep'), 'stack.json');
const STAMP = path.join(ROOT, 'dist', '.built-from');
// An editor's "save all", or a change of branch, is one change.
const QUIET_MS = 300;
// In a process of its own: a build takes seconds, in which the supervisor, which is this process, has to watch its apps.
const BUILD = 'import("./scripts/build-if-stale.mjs").then((it) => it.buildIfStale()).catch((error) => { console.error(error.message); process.exitCode = 1; })';

const ended = new AbortController();
let watchers = [];
let timer;
let working = false;
let changedMeanwhile = false;
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

/** Each folder by itself: on Linux Node's recursive watch loses a file that an editor replaces by a new one (v24.21). */
function watchFolders() {
  for (const watcher of watchers) watcher.close();
  const folders = ['apps', 'libs', 'migrations'].map((folder) => path.join(ROOT, folder)).flatMap((folder) =>
    [folder, ...fs.readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)).filter((name) => fs.statSync(name, { throwIfNoEntry: false })?.isDirectory())]);
  watchers = folders.map((folder) => fs.watch(folder, (_, file) => onChange(folder, file ?? '')).on('error', () => undefined));
}

function onChange(folder, file) {
  if (path.basename(folder) === 'migrations') schemaChanged = true;
  // Without an extension: a folder, perhaps a new one.
  else if (!/^[^.]+$|\.ts$/.test(file) || file.endsWith('spec.ts')) return;
  clearTimeout(timer);
  timer = setTimeout(() => void update(), QUIET_MS);
}

/** One at a time; what changes during a build is built after it. */
async function update() {
  changedMeanwhile = working;
  if (working) return;
  working = true;
  try {
    watchFolders();
    await rebuildAndRestart();
  } catch (error) {
    if (!ended.signal.aborted) console.log(`The apps run on as they are: ${error.message}`);
  }
  working = false;
  if (changedMeanwhile && !ended.signal.aborted) await update();
}

async function rebuildAndRestart() {
  if (!(await build())) throw new Error('the build failed');
  // Saved without a change. Not compared with the stamp before the build: another command may have built as well.
  if (readStamp() === runningFrom && !schemaChanged) return;
  const { processes } = await ownStack();
  runningFrom = readStamp();
  schemaChanged = false;
  console.log(`Restarting ${processes.map(({ app, instance }) => `${app}-${instance}`).join(', ')}`);
  // Each drains and ends; the supervisor starts it again.
  for (const { pid } of processes) terminate(pid);
}

async function build() {
  const child = spawn(process.execPath, ['--eval', BUILD], { cwd: ROOT, stdio: ['ignore', 2, 2], signal: ended.signal });
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', (code) => resolve(code === 0)));
}

/** stack.json, as soon as the stack that this process supervises has written it. */
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
    // It has ended by itself and is being started again anyway.
    if (error.code !== 'ESRCH') throw error;
  }
}

function readStamp() {
  return fs.existsSync(STAMP) ? fs.readFileSync(STAMP, 'utf8') : undefined;
}
