import { ObservedGauge } from '#ground/telemetry/observed-gauge';

export const lockWaits = new ObservedGauge({
  name: 'lockstep_postgres_lock_waits',
  help: 'Sessions in the database, of any program, that wait for a lock of another session, at the last look (at most 15 s ago)',
});

export const longestTransactionSeconds = new ObservedGauge({
  name: 'lockstep_postgres_longest_transaction_seconds',
  help: 'Age of the oldest open transaction in the database, of any program. While it is open, dead rows cannot be removed',
});

export const databaseBytes = new ObservedGauge({
  name: 'lockstep_postgres_database_bytes',
  help: 'Size of the database on disk',
});
