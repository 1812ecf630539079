import pg from 'pg';

/** Most that a statement of the harness's may take. */
const LIMIT_MS = 30_000;

/** One statement on a connection of its own, past all proxies: Postgres may have been away since the last. */
export async function queryOnce<Row extends object>(databaseUrl: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, query_timeout: LIMIT_MS });
  // A connection that breaks is reported by its statement.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
