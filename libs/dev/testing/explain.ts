import type pg from 'pg';
import type { Database } from '#ground/postgres/pool';

/** A database that explains statements instead of running them; `plans` gets one plan for each statement. */
export function explaining(pool: pg.Pool, plans: string[]): Database {
  return {
    query: async (text, values) => {
      const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return { rows: [], rowCount: 0 };
    },
  };
}
