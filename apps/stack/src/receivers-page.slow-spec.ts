import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { webhookSignature } from '#flow/delivery/signature';
import { projectRoot } from '#ground/config/project-root';
import { SecretBox } from '#ground/secrets/secret-box';
import { secretContext } from '#ground/secrets/secret-contexts';
import { freePort } from '#dev/testing/free-port';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { createEmptyDatabase, type TestDatabase } from '#dev/testing/test-database';
import { waitUntil } from '#dev/testing/wait-until';

// The code of docs/receivers.md, as a reader copies and runs it.
const PAGE = readFileSync(path.join(projectRoot(), 'docs', 'receivers.md'), 'utf8');
const SECRET_KEY = 'test-secret-key-0123456789abcdef0123456789';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-receivers-'));
  await symlink(path.join(projectRoot(), 'node_modules'), path.join(folder, 'node_modules'));
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(path.join(folder, 'receiver.ts'), codeBlock('ts'));
  await writeFile(path.join(folder, 'verify.js'), codeBlock('js'));
  await writeFile(path.join(folder, 'verify.py'), codeBlock('python'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The page's block of code in this language. */
function codeBlock(language: string): string {
  const blocks = [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code]) => code);
  const [code] = blocks;
  if (code === undefined || blocks.length !== 1) throw new Error(`docs/receivers.md has ${blocks.length} blocks of ${language}`);
  return code;
}

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

interface SignedRequest {
  readonly body: Buffer;
  readonly headers: Record<string, string>;
}

/** A request as Lockstep signs it, with each of the secrets. */
function signed(secrets: readonly string[], body: Buffer, timestampSeconds = Math.floor(Date.now() / 1_000)): SignedRequest {
  const keys = secrets.map((secret) => createSecretKey(secret.slice('whsec_'.length), 'base64'));
  return {
    body,
    headers: { 'webhook-id': 'evt_1', 'webhook-timestamp': String(timestampSeconds), 'webhook-signature': webhookSignature(keys, 'evt_1', timestampSeconds, body) },
  };
}

describe('the verification of a signature', () => {
  const body = Buffer.from('{"type":"order.created","entity":"Zoë","data":{"total":42}}');
  const [old, present] = [newSecret(), newSecret()];
  const hasPython = spawnSync('python3', ['-c', 'import standardwebhooks']).status === 0;

  /** Runs a program that reads a request from its standard input. @returns what it verified, or undefined */
  function verified(command: string, args: readonly string[], secret: string, request: SignedRequest): unknown {
    const input = JSON.stringify({ ...request, body: request.body.toString('base64') });
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, input, encoding: 'utf8', env: { PATH: process.env['PATH'], WEBHOOK_SECRET: secret } });
    if (status !== 0) expect(stderr).toContain('WebhookVerificationError');
    return status === 0 ? JSON.parse(stdout) : undefined;
  }

  const javaScript = [process.execPath, ['--input-type=module', '--eval', `
    import { text } from 'node:stream/consumers';
    import { verify } from './verify.js';
    const { body, headers } = JSON.parse(await text(process.stdin));
    console.log(JSON.stringify(verify(Buffer.from(body, 'base64'), headers)));`]] as const;
  const python = ['python3', ['-c', `
import base64, json, sys
from verify import verify
request = json.load(sys.stdin)
print(json.dumps(verify(base64.b64decode(request["body"]), request["headers"])))`]] as const;

  function acceptsOnlyWhatIsSigned([command, args]: readonly [string, readonly string[]]): void {
    const request = signed([old, present], body);
    expect(verified(command, args, old, request)).toEqual(JSON.parse(body.toString()));
    expect(verified(command, args, present, request)).toEqual(JSON.parse(body.toString()));
    expect(verified(command, args, newSecret(), request)).toBeUndefined();
    expect(verified(command, args, old, { ...request, body: Buffer.from('{}') })).toBeUndefined();
    expect(verified(command, args, old, signed([old], body, Math.floor(Date.now() / 1_000) - 600))).toBeUndefined();
  }

  it('accepts what is signed with the old or the new secret, and nothing else, in JavaScript', () => acceptsOnlyWhatIsSigned(javaScript));

  (hasPython ? it : it.skip)(`does the same in Python${hasPython ? '' : ' (python3 with the package standardwebhooks is not here)'}`, () => acceptsOnlyWhatIsSigned(python));
});

/** The complete receiver of the page, in a process of its own. */
class PageReceiver {
  output = '';
  private child: ChildProcess | undefined;

  private constructor(private readonly env: Record<string, string>) {}

  static async start(env: Record<string, string>): Promise<PageReceiver> {
    const receiver = new PageReceiver(env);
    await receiver.restart();
    return receiver;
  }

  async restart(changes: Record<string, string> = {}): Promise<void> {
    Object.assign(this.env, changes);
    const child = spawn(process.execPath, ['receiver.ts'], { cwd: folder, env: { ...this.env }, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child = child;
    await waitUntil(() => `the receiver to listen; its output: ${this.output}`, async () => (await fetch(`http://127.0.0.1:${this.env['PORT']}`).catch(() => undefined)) !== undefined);
  }

  /** @returns the exit code, or the signal */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string | null> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    child.kill(signal);
    const [code, by] = (await once(child, 'exit')) as [number | null, string | null];
    return code ?? by;
  }
}

describe('the complete receiver', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let system: SystemUnderTest;
  let port: number;
  /** Between Lockstep and the receiver. */
  let network: TcpProxy;
  let receiver: PageReceiver;
  let endpoint: { readonly id: string; readonly secret: string };

  beforeAll(async () => {
    database = await createEmptyDatabase();
    pool = new pg.Pool({ connectionString: database.url });
    system = await SystemUnderTest.start(sharedServers(), { env: { LOCKSTEP_SECRET_KEY: SECRET_KEY, LOCKSTEP_RETRY_SCHEDULE: Array<string>(50).fill('250ms').join() } });
    port = await freePort();
    network = await TcpProxy.start('127.0.0.1', port);
    endpoint = (await system.call('POST', '/v1/endpoints', { url: `http://127.0.0.1:${network.port}/` })) as typeof endpoint;
    const { PATH = '' } = process.env;
    receiver = await PageReceiver.start({ PATH, WEBHOOK_SECRET: endpoint.secret, DATABASE_URL: database.url, PORT: String(port) });
  });

  afterAll(async () => {
    expect(await receiver.end('SIGTERM')).toBe(0);
    await system.stop();
    await network.stop();
    await pool.end();
    await database.drop();
  });

  async function post(entity: string, count: number): Promise<void> {
    for (let n = 1; n <= count; n++) await system.post(entity, { total: n });
  }

  const eventsOf = async (entity: string): Promise<number> =>
    (await pool.query<{ events: number }>('select coalesce(sum(events), 0)::int as events from orders where id = $1', [entity])).rows[0]?.events ?? 0;
  const untilDone = (entity: string, events: number): Promise<unknown> => waitUntil(() => `${events} events of ${entity}; the receiver: ${receiver.output}`, async () => (await eventsOf(entity)) >= events);
  const send = async ({ body, headers }: SignedRequest): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: new Uint8Array(body), headers })).status;

  it('is valid TypeScript', () => {
    const compiler = path.join(projectRoot(), 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--noEmit', '--strict', '--noUncheckedIndexedAccess', '--target', 'es2024', '--module', 'nodenext', '--types', 'node', '--skipLibCheck'];
    expect(spawnSync(process.execPath, [compiler, ...options, 'receiver.ts'], { cwd: folder, encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
  });

  it('does the work once and in order although answers are lost and the receiver is killed', async () => {
    const entities = ['a', 'b', 'Zoë/1'];
    network.holdAnswers();
    const posting = Promise.all(entities.map((entity) => post(entity, 6)));
    await waitUntil('the first events to be stored', async () => (await pool.query('select from webhook_inbox')).rowCount === entities.length);
    network.reset();
    network.restore();
    await waitUntil('some more', async () => Number((await pool.query('select from webhook_inbox')).rowCount) > entities.length);
    await receiver.end('SIGKILL');
    await receiver.restart();
    await posting;
    for (const entity of entities) await untilDone(entity, 6);
    const { rows } = await pool.query<object>('select id, total::int, events from orders order by id');
    expect(rows).toEqual(entities.toSorted().map((id) => ({ id, total: 6, events: 6 })));
    const { rowCount: outOfOrder } = await pool.query('select from webhook_inbox a join webhook_inbox b using (entity) where a.sequence < b.sequence and a.done_at >= b.done_at');
    expect(outOfOrder).toBe(0);
    const repeats = await system.query<{ attempts: number }>('select attempts from deliveries where attempts > 1');
    expect(repeats.length).toBeGreaterThanOrEqual(entities.length);
    expect(receiver.output).not.toContain('Lost');
  });

  it('refuses what Lockstep has not signed', async () => {
    const stored = async (): Promise<number | null> => (await pool.query('select from webhook_inbox')).rowCount;
    const before = await stored();
    const body = Buffer.from('{"data":{"total":1}}');
    const statuses = [await send({ body, headers: {} }), await send(signed([newSecret()], body)), await send(signed([endpoint.secret], body, 1_000_000_000))];
    expect(statuses).toEqual([401, 401, 401]);
    expect(await stored()).toBe(before);
  });

  it('tries work again that failed, with its entity behind it and the others going on', async () => {
    await pool.query("alter table orders add constraint refused check (id <> 'failing' or total > 1)");
    await post('failing', 2);
    await waitUntil('both events to be stored', async () => (await pool.query("select from webhook_inbox where entity = 'failing'")).rowCount === 2);
    await post('other', 1);
    await untilDone('other', 1);
    await waitUntil('the work to fail', () => receiver.output.includes('violates check constraint'));
    expect(await eventsOf('failing')).toBe(0);
    await pool.query('alter table orders drop constraint refused');
    await pool.query('update webhook_inbox set retry_at = now()');
    await untilDone('failing', 2);
  });

  it('tells events that it has lost', async () => {
    await post('restored', 3);
    await untilDone('restored', 3);
    await pool.query("delete from webhook_inbox where entity = 'restored' and sequence > 1");
    await post('restored', 1);
    await waitUntil('the loss', () => receiver.output.includes('Lost: events 2 to 3 of restored'));
  });

  it('goes on with a new secret while the old one is live too', async () => {
    const secret = newSecret();
    const [row] = await system.query<{ id: number; public_id: string }>('select id, public_id from endpoints');
    if (row === undefined) throw new Error('There is no endpoint');
    const sealed = new SecretBox(SECRET_KEY).seal(secret, secretContext(row.public_id)).toString('hex');
    await system.query(
      `with added as (insert into endpoint_secrets (endpoint, tenant, ciphertext) values (${row.id}, 'default', '\\x${sealed}'))
       update endpoints set updated_at = clock_timestamp() where id = ${row.id}`);
    await receiver.end('SIGTERM');
    await receiver.restart({ WEBHOOK_SECRET: secret });
    await post('rotated', 2);
    await untilDone('rotated', 2);
    await receiver.end('SIGTERM');
    await receiver.restart({ WEBHOOK_SECRET: endpoint.secret });
    await post('rotated', 1);
    await untilDone('rotated', 3);
  });
});
