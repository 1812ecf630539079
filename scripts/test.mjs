/**
 * npm test [-- [kind] paths and jest options]: runs unit and int tests in parallel, then e2e tests in sequence. The last
 * line is `N passed, N failed`. A kind runs only its tests: unit, int, e2e (one test a promise), slow (the other
 * end-to-end tests), long; `all` runs everything but long.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { buildIfStale } from './build-if-stale.mjs';
import { checkNode } from './check-node.mjs';

const ROOT = path.dirname(import.meta.dirname);
const JEST = path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
// jest waits forever for open handles (a socket, a child process). A longer wait counts as a failure.
const EXIT_TIMEOUT_MS = 20_000;
// At least two workers, because integration tests wait more than they compute.
const PARALLEL = [`--maxWorkers=${Math.max(2, availableParallelism())}`];
const SERIAL = ['--runInBand'];

const RUNS = {
  default: [
    { projects: ['unit', 'int'], flags: PARALLEL },
    { projects: ['e2e'], flags: SERIAL, builtApps: true },
  ],
  all: [
    { projects: ['unit', 'int'], flags: PARALLEL },
    { projects: ['e2e', 'slow'], flags: SERIAL, builtApps: true },
  ],
  unit: [{ projects: ['unit'], flags: PARALLEL }],
  int: [{ projects: ['int'], flags: PARALLEL }],
  e2e: [{ projects: ['e2e'], flags: SERIAL, builtApps: true }],
  slow: [{ projects: ['slow'], flags: SERIAL, builtApps: true }],
  long: [{ projects: ['long'], flags: SERIAL, builtApps: true }],
};

checkNode();
const [first = '', ...rest] = process.argv.slice(2);
const [kind, jestArguments] = Object.hasOwn(RUNS, first) ? [first, rest] : ['default', process.argv.slice(2)];
const total = { passed: 0, failed: 0, skipped: 0 };
let jest;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    jest?.kill(signal);
    process.exitCode = 1;
  });
}
for (const run of RUNS[kind]) {
  if (process.exitCode === 1) break;
  const counts = await runTests(run);
  for (const name of Object.keys(total)) total[name] += counts[name];
}
if (total.passed + total.failed === 0) console.error('No test ran.');
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
if (total.failed > 0 || total.passed === 0) process.exitCode = 1;

async function runTests({ projects, flags, builtApps }) {
  if (builtApps) {
    try {
      await buildIfStale();
    } catch (error) {
      console.error(error.message);
      return { passed: 0, failed: 1, skipped: 0 };
    }
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-jest-'));
  try {
    const resultFile = path.join(folder, 'result.json');
    const problem = await runJest(['--selectProjects', ...projects, '--passWithNoTests', ...flags, '--json', `--outputFile=${resultFile}`, ...jestArguments], resultFile);
    return countsOf(await readResult(resultFile), problem);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs jest. Resolves with a problem of the run itself; failed tests are in the result file. */
async function runJest(args, resultFile) {
  const nodeFlags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  // jest's output goes to stderr, so that stdout has only the last line.
  jest = spawn(process.execPath, [...nodeFlags, JEST, ...args], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  const watch = setInterval(async () => {
    if ((await readResult(resultFile)) === undefined) return;
    clearInterval(watch);
    lateExit = setTimeout(() => jest.kill('SIGKILL'), EXIT_TIMEOUT_MS);
  }, 1_000);
  let lateExit;
  const [code, signal] = await new Promise((resolve, reject) => {
    jest.once('error', reject);
    jest.once('exit', (...exit) => resolve(exit));
  });
  clearInterval(watch);
  clearTimeout(lateExit);
  if (signal === 'SIGKILL') return `jest did not exit within ${EXIT_TIMEOUT_MS / 1_000} s of the last test: a handle is open (npm test -- --detectOpenHandles shows it)`;
  if (signal !== null) return `jest was killed by ${signal}`;
  return code === 0 ? undefined : `jest's exit code is ${code}`;
}

function countsOf(result, problem) {
  if (result === undefined) {
    console.error(`${problem ?? 'jest exited'} without a result`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  // A suite that fails to run reports no tests.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const runFailed = problem !== undefined && (failed === 0 || !problem.startsWith("jest's exit code"));
  if (runFailed) console.error(problem);
  return {
    passed: result.numPassedTests,
    failed: failed + (runFailed ? 1 : 0),
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

async function readResult(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    // The file is missing or incomplete.
    return undefined;
  }
}
