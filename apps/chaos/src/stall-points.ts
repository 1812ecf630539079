import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { waitUntil } from '#dev/testing/wait-until';
import { BUILT } from './built-files.js';
import type { Edit } from './test-build.js';

/** A point in the code where a process of a test build can freeze itself. */
export type StallPoint =
  /** After the check of the lease's deadline, before the attempt is sent. */
  | 'before-send'
  /** After records were read, before their admission is sent to Postgres. */
  | 'before-admission'
  /** After the admission is committed, before the process acts on it. */
  | 'in-admission'
  /** After the receiver's answer, before the outcome is sent to Postgres. */
  | 'before-outcome'
  /** After the outcome is committed, before the process acts on it. */
  | 'in-outcome'
  /** At the start of a batch from Kafka. */
  | 'in-batch'
  /** After the relay read rows, before it sends them to Kafka. */
  | 'relay-read'
  /** After Kafka acknowledged the relay's rows, before they are removed from Postgres. */
  | 'relay-sent'
  /** Before records of a topic are sent to Postgres, as events with their positions. */
  | 'before-records';

/** Each point is inserted before this code. */
const PLACES: Readonly<Record<StallPoint, readonly [file: string, code: string]>> = {
  'before-send': [BUILT.attemptClient, 'exchange.http = pool.send('],
  'before-admission': [BUILT.admissionRepository, 'const rows = await admitBatch.run({'],
  'in-admission': [BUILT.admissionRepository, 'return verdictsOf(admissions, ids, rows);'],
  'before-outcome': [BUILT.outcomeRepository, 'const rows = await commitOutcomes.run({'],
  'in-outcome': [BUILT.outcomeRepository, 'const applied = new Set();'],
  'in-batch': [BUILT.batchReader, 'const topic = batch.topic.slice(this.options.topicPrefix.length);'],
  'relay-read': [BUILT.relay, 'const result = await this.sender.send(rows);'],
  'relay-sent': [BUILT.relay, 'this.sent = result.rows;'],
  'before-records': [BUILT.kafkaSourcesRepository, 'const [row] = await acceptRecords.run({'],
};

export const STALL_POINTS = Object.keys(PLACES) as StallPoint[];

/** The code inserted for a point. The call is optional, because only the apps have a listener. */
export function stallCode(point: string): string {
  return `globalThis.stall?.('${point}');`;
}

/**
 * Runs first in a process with stall points. At SIGUSR2 the process reads which point is armed. Its next pass through
 * that point writes a file and then freezes the process within the call.
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

/** Applied to every test build, before the edits of a mutant. */
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
 * Makes the process freeze at its next pass through the point. Resolves when the process has read the command. The
 * process must be ready: before its listener runs, the signal would end it.
 * @param folder the CHAOS_FOLDER of the process
 */
export async function armStall(folder: string, pid: number, point: StallPoint): Promise<void> {
  await rm(path.join(folder, `stalled-${pid}`), { force: true });
  await sendPoint(folder, pid, point);
}

/** Disarms the point. A process that is already frozen continues. */
export async function disarmStall(folder: string, pid: number): Promise<void> {
  process.kill(pid, 'SIGCONT');
  await sendPoint(folder, pid, '');
  process.kill(pid, 'SIGCONT');
}

/** Waits until the process is frozen at its armed point. @throws Error when it does not get there in time */
export async function untilStalled(folder: string, pid: number, timeoutMs: number): Promise<void> {
  await waitUntil(`process ${pid} at its stall point`, () => existsSync(path.join(folder, `stalled-${pid}`)) && isStopped(pid), timeoutMs);
}

async function sendPoint(folder: string, pid: number, point: string): Promise<void> {
  const file = path.join(folder, `stall-${pid}`);
  await writeFile(file, point);
  process.kill(pid, 'SIGUSR2');
  // The process removes the file once it has read it.
  await waitUntil(`process ${pid} reads its stall point`, () => !existsSync(file), ARM_TIMEOUT_MS);
}

/** The state is the first field after the command's name, which may contain any character (proc(5)). */
function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}
