import { StartError } from '#ground/process/start-error';
import type { Database } from './pool.js';
import { readServer } from './read-server.queries.js';
import { differencesOf, SESSION_SETTING_NAMES, WITHOUT_POOLER } from './session.js';

const LIMITS = ['max_connections', 'superuser_reserved_connections', 'reserved_connections'] as const;
const OTHER_SETTINGS = ['server_encoding', 'session_replication_role', 'fsync', 'full_page_writes', 'autovacuum', 'track_counts', ...LIMITS];

/** A server that Lockstep can use. */
export interface Server {
  /** What may go wrong because of its settings, as sentences. */
  readonly risks: readonly string[];
  /** Connections that this role can have to this database, those of other processes included. */
  readonly connections: number;
}

/**
 * Reads what no session can set for itself.
 * @param database one with the settings of `connectionOf`
 * @throws StartError postgres_unsuitable, with the reason and what to do; postgres_standby, which a failover ends
 */
export async function inspectServer(database: Database): Promise<Server> {
  const names = [...SESSION_SETTING_NAMES, ...OTHER_SETTINGS];
  const [read] = await readServer.run({ names }, database);
  if (read === undefined) throw new Error('Postgres answered without a row');
  const settings = new Map(names.map((name, i) => [name, read.values[i] ?? '']));
  const reason = reasonAgainst(settings, read.otherSchemas);
  if (reason !== undefined) throw new StartError('postgres_unsuitable', reason);
  if (read.isStandby) {
    throw new StartError('postgres_standby', 'Postgres is a standby: it takes no writes until it is promoted. Set DATABASE_URL to the primary, or promote this one with `select pg_promote()`');
  }
  const [most = 0, ...reserved] = LIMITS.map((name) => Number(settings.get(name)));
  const limits = [most - reserved.reduce((sum, each) => sum + each, 0), read.roleConnections, read.databaseConnections];
  return { risks: risksOf(settings, read.hasTransactionTimeout), connections: Math.min(...limits.filter((limit) => limit >= 0)) };
}

function reasonAgainst(settings: ReadonlyMap<string, string>, otherSchemas: readonly string[]): string | undefined {
  const differences = differencesOf(settings);
  if (differences.length > 0) {
    return `The session has not got the settings that Lockstep asked for when it connected (${differences.join(', ')}): a connection pooler such as PgBouncer drops them. ${WITHOUT_POOLER}`;
  }
  if (settings.get('server_encoding') !== 'UTF8') {
    return `The database's encoding is ${settings.get('server_encoding')}, which cannot hold every entity and event. Use a database that was made with \`create database … encoding 'UTF8' template template0\``;
  }
  if (settings.get('session_replication_role') !== 'origin') {
    return 'session_replication_role is not `origin`, so triggers and foreign keys do nothing. Run `alter role … reset session_replication_role` for the role of DATABASE_URL, and the same for its database';
  }
  if (otherSchemas.length > 0) {
    const [schema = ''] = otherSchemas;
    return `Lockstep's tables are in the schema ${otherSchemas.join(', ')}, and not in the one that DATABASE_URL names (\`public\` by default). Add \`?options=-c%20search_path%3D${encodeURIComponent(schema)}\` to DATABASE_URL`;
  }
  return undefined;
}

function risksOf(settings: ReadonlyMap<string, string>, hasTransactionTimeout: boolean): string[] {
  const isOff = (name: string): boolean => settings.get(name) === 'off';
  return [
    isOff('fsync') ? 'fsync is off: accepted events are lost, and the database may be damaged, when the machine stops. Set fsync=on' : [],
    isOff('full_page_writes') ? 'full_page_writes is off: the database may be damaged when the machine stops. Set full_page_writes=on' : [],
    isOff('autovacuum') || isOff('track_counts') ? 'autovacuum is off: the outbox and its indexes grow with each event, and everything becomes slower. Set autovacuum=on and track_counts=on' : [],
    hasTransactionTimeout
      ? 'The role of DATABASE_URL or its database has a transaction_timeout, which ends the parallel workers of /v1/ledger and `npm run verify`. Run `alter role … reset transaction_timeout`, and the same for the database'
      : [],
  ].flat();
}
