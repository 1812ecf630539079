import { execFile } from 'node:child_process';
import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { projectRoot } from '#ground/config/project-root';
import { toPublicId } from '#domain/ids';
import { queryOnce } from './query-once.js';
import type { Delivery } from './history.js';
import { readTopic } from './read-topic.js';
import type { Rig } from './rig.js';

const VERIFY_LIMIT_MS = 120_000;
/** Reasons of dead letters that are deliveries and not foreign records: docs/dead-letters.md. */
const DELIVERY_REASONS = ['attempts_exhausted', 'gone'];

export async function readDeliveries(databaseUrl: string): Promise<Delivery[]> {
  const rows = await queryOnce<{ endpoint: string; event: string; replay: number; sequence: string; status: Delivery['status'] }>(
    databaseUrl,
    `select p.public_id as endpoint, d.event_id as event, d.replay, d.sequence, d.status
     from deliveries d join endpoints p on p.id = d.endpoint`,
  );
  return rows.map(({ endpoint, event, replay, sequence, status }) => ({
    endpoint: toPublicId('ep', endpoint), eventId: toPublicId('evt', event), replay, sequence: Number(sequence), status,
  }));
}

/** What the breakers of all endpoints did. */
export interface BreakerCounts {
  readonly opened: number;
  readonly closed: number;
}

/** Breakers that opened, and closed again, by the audit log. */
export async function countBreakers(databaseUrl: string): Promise<BreakerCounts> {
  const [counts] = await queryOnce<BreakerCounts>(
    databaseUrl,
    `select
       count(*) filter (where action = 'breaker.opened')::int as opened,
       count(*) filter (where action = 'breaker.closed')::int as closed
     from audit_log`,
  );
  return counts ?? { opened: 0, closed: 0 };
}

/** The output of `npm run verify`; undefined if the ledger is balanced. Always runs this build's program, never a mutant's. */
export function verify(databaseUrl: string): Promise<string | undefined> {
  const program = path.join(projectRoot(), 'dist', 'libs', 'manage', 'ledger', 'verify.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [program, '--json'], { env: { DATABASE_URL: databaseUrl }, timeout: VERIFY_LIMIT_MS, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      resolve(error === null ? undefined : `verify (exit ${String(error.code)}): ${stdout}${stderr}`);
    });
  });
}

/** The records of the `dlq` topic that are no deliveries but foreign records or a source's, one line each. */
export async function readParked(rig: Rig): Promise<string[]> {
  const records = await readTopic(new Kafka({ brokers: [rig.servers.kafkaBrokers], logLevel: logLevel.NOTHING }), `${rig.topicPrefix}dlq`);
  return records
    .map(({ headers }) => headers)
    .filter((headers) => !DELIVERY_REASONS.includes(headers['lockstep-reason'] ?? ''))
    .map((headers) => `${headers['lockstep-reason']}: ${headers['ce_id']} at ${headers['lockstep-topic']}/${headers['lockstep-partition']}/${headers['lockstep-offset']}`);
}
