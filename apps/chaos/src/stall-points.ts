import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { waitUntil } from '#dev/testing/wait-until';
import { BUILT } from './built-files.js';
import type { Edit } from './test-build.js';

/** Where a process of a test build can be made to freeze itself. */
export type StallPoint =
  /** An attempt is about to be handed to its connection; the owner's deadline was checked. */
  | 'before-send'
  /** Records were read, and their admission is about to be sent to Postgres. */
  | 'before-admission'
  /** The admission is committed; nobody here knows it yet. */
  | 'in-admission'
  /** A receiver has answered, and the outcome is about to be sent to Postgres. */
  | 'before-outcome'
  /** The outcome is committed; nobody here knows it yet. */
  | 'in-outcome'
  /** A batch of Kafka's is in hand. */
  | 'in-batch'
  /** The relay has read rows, and is about to send them to Kafka. */
  | 'relay-read'
  /** Kafka has acknowledged the relay's rows, which are still in Postgres. */
  | 'relay-sent';

/** The code before which each point lies. */
const PLACES: Readonly<Record<StallPoint, readonly [file: string, code: string]>> = {
  'before-send': [BUILT.attemptClient, 'pool.dispatch('],
  'before-admission': [BUILT.admissionRepository, 'const rows = await admitBatch.run({'],
  'in-admission': [BUILT.admissionRepository, 'return verdictsOf(admissions, ids, rows);'],
  'before-outcome': [BUILT.outcomeRepository, 'const rows = await commitOutcomes.run({'],
  'in-outcome': [BUILT.outcomeRepository, 'const applied = new Set();'],
  'in-batch': [BUILT.shardTransport, 'const topic = batch.topic.slice(this.options.topicPrefix.length);'],
  'relay-read': [BUILT.relay, 'const result = await this.sender.send(rows);'],
  'relay-sent': [BUILT.relay, 'this.sent = result.rows;'],
};

export const STALL_POINTS = Object.keys(PLACES) as StallPoint[];

/** Code that stands before what a point's place has. Optional call: the build's other programs don't listen. */
export function stallCode(point: string): string {
  return `globalThis.stall?.('${point}');`;
}

/**
 * What a process with stall points runs first. SIGUSR2 tells it to look which point is armed; its next pass through
 * that point freezes it, within the call. It says so before, since it can't say anything after.
 */
export const STALL_LISTENER = `import { readFileSync, rmSync, writeFileSync } from 'node:fs';
let armed;
const file = (name) => \`\${process.env.CHAOS_FOLDER}/\${name}-\${process.pid}\`;
process.on('SIGUSR2', () => {
  armed = readFileSync(file('stall'), 'utf8');
  rmSync(file('stall'));
});
globalThis.stall = (point) => {
  if (point !== armed) return;
  armed = undefined;
  writeFileSync(file('stalled'), point);
  process.kill(process.pid, 'SIGSTOP');
};
`;

const LISTENER_URL = `data:text/javascript,${encodeURIComponent(STALL_LISTENER)}`;

/** Every test build has these. They come first: a mutant's edits see them in place. */
export const STALL_EDITS: readonly Edit[] = [
  ...['gateway', 'dispatcher'].map((app): Edit => {
    const first = "import { loadConfig } from '#ground/config/config';";
    return { file: `dist/apps/${app}/src/main.js`, find: first, replace: `import "${LISTENER_URL}";\n${first}` };
  }),
  ...STALL_POINTS.map((point): Edit => {
    const [file, code] = PLACES[point];
    return { file, find: code, replace: `${stallCode(point)} ${code}` };
  }),
];

const ARM_TIMEOUT_MS = 5_000;

/**
 * Makes the process freeze itself at its next pass through the point. Resolves when it knows. Only for one that is
 * ready: before it listens, the signal would end it.
 * @param folder the process' CHAOS_FOLDER
 */
export async function armStall(folder: string, pid: number, point: StallPoint): Promise<void> {
  await rm(path.join(folder, `stalled-${pid}`), { force: true });
  await tell(folder, pid, point);
}

/** Takes the point back; a process that has reached it meanwhile goes on. */
export async function disarmStall(folder: string, pid: number): Promise<void> {
  process.kill(pid, 'SIGCONT');
  await tell(folder, pid, '');
  process.kill(pid, 'SIGCONT');
}

/** Waits until the process stands still at the point that was armed. @throws Error when it doesn't come by there */
export async function untilStalled(folder: string, pid: number, timeoutMs: number): Promise<void> {
  await waitUntil(`process ${pid} at its stall point`, () => existsSync(path.join(folder, `stalled-${pid}`)) && isStopped(pid), timeoutMs);
}

async function tell(folder: string, pid: number, point: string): Promise<void> {
  const order = path.join(folder, `stall-${pid}`);
  await writeFile(order, point);
  process.kill(pid, 'SIGUSR2');
  // It takes the order away when it has read it.
  await waitUntil(`process ${pid} knows its stall point`, () => !existsSync(order), ARM_TIMEOUT_MS);
}

/** Its state is the first field after the command's name, which may hold anything (proc(5)). */
function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}
