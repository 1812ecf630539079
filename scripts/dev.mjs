/**
 * `npm run dev`: runs the stack as `npm start` does; when sources or migrations change, builds, and after a good build
 * restarts the apps. A change that doesn't compile leaves them running as they are.
 */
import { spawn } from 'node:child_process';
// The default import: an old Node would fail to link a name that it lacks, before checkNode can say what to do.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkNode } from './check-node.mjs';

checkNode();
const ROOT = path.dirname(import.meta.dirname);
const STACK_FILE = path.join(path.resolve(ROOT, process.env.LOCKSTEP_DATA_DIR || '.lockstep'), 'stack.json');
const STAMP = path.join(ROOT, 'dist', '.built-from');
// An editor's "save all", or a change of branch, is one change.
const QUIET_MS = 300;
// In a process of its own: a build takes seconds, in which the supervisor, which is this process, has to watch its apps.
const BUILD = 'await (await import("./scripts/build-if-stale.mjs")).buildIfStale()';

const ended = new AbortController();
let timer;
let working = false;
let changedMeanwhile = false;
let schemaChanged = false;

const watchers = ['apps', 'libs', 'migrations'].map((folder) =>
  fs.watch(path.join(ROOT, folder), { recursive: true }, (_, file) => onChange(folder, file ?? '')).on('error', (error) => say(`${folder} is not watched any more: ${error.message}`)));
// Resolves when Ctrl-C, SIGTERM or the end of npm has stopped everything.
await import('./start.mjs');
ended.abort();
clearTimeout(timer);
for (const watcher of watchers) watcher.close();

function onChange(folder, file) {
  if (folder === 'migrations') schemaChanged = true;
  else if (!file.endsWith('.ts') || file.endsWith('spec.ts')) return;
  clearTimeout(timer);
  timer = setTimeout(() => void update(), QUIET_MS);
}

/** One at a time; what changes during a build is built after it. */
async function update() {
  changedMeanwhile = working;
  if (working) return;
  working = true;
  try {
    await rebuildAndRestart();
  } catch (error) {
    if (!ended.signal.aborted) say(error.message);
  }
  working = false;
  if (changedMeanwhile && !ended.signal.aborted) await update();
}

async function rebuildAndRestart() {
  const before = readStamp();
  if (!(await build())) {
    if (!ended.signal.aborted) say('The build failed; the apps run on as they are.');
    return;
  }
  // Saved without a change.
  if (readStamp() === before && !schemaChanged) return;
  schemaChanged = false;
  const { processes } = await ownStack();
  say(`Restarting ${processes.map(({ app, instance }) => `${app}-${instance}`).join(', ')}`);
  // Each drains and ends; the supervisor starts it again.
  for (const { pid } of processes) terminate(pid);
}

function terminate(pid) {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    // It has ended by itself and is being started again anyway.
    if (error.code !== 'ESRCH') throw error;
  }
}

async function build() {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', BUILD], { cwd: ROOT, stdio: ['ignore', 2, 2], signal: ended.signal });
  const [code] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...exit) => resolve(exit));
  });
  return code === 0;
}

/** stack.json, as soon as the stack that this process supervises has written it. */
async function ownStack() {
  for (;;) {
    const stack = fs.existsSync(STACK_FILE) ? JSON.parse(fs.readFileSync(STACK_FILE, 'utf8')) : undefined;
    if (stack?.pid === process.pid) return stack;
    await delay(250, undefined, { signal: ended.signal });
  }
}

function readStamp() {
  return fs.existsSync(STAMP) ? fs.readFileSync(STAMP, 'utf8') : undefined;
}

function say(line) {
  console.log(line);
}
