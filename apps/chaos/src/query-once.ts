import pg from 'pg';

const STATEMENT_LIMIT_MS = 30_000;

/** Runs one statement on its own connection, because a fault may have broken an older one. */
export async function queryOnce<Row extends object>(databaseUrl: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, query_timeout: STATEMENT_LIMIT_MS });
  // The statement reports a broken connection.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
