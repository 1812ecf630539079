import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The settings of a process of the bare pipeline. pipeline.mjs sets all of them. */
export const settings = {
  databaseUrl: required('DATABASE_URL'),
  kafkaBrokers: required('KAFKA_BROKERS').split(','),
  topic: required('BARE_TOPIC'),
  group: required('BARE_GROUP'),
  port: Number(required('PORT')),
  receiverUrl: new URL(required('BARE_RECEIVER_URL')),
  signingSecret: required('BARE_SIGNING_SECRET'),
};

// The channel closes when the bench that started this process ends.
process.on('disconnect', () => process.exit(1));

/** A statement of this folder, as a named prepared query. */
export function statement(name) {
  return { name, text: readFileSync(path.join(import.meta.dirname, `${name}.sql`), 'utf8') };
}

function required(name) {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: only the bench starts this process`);
  return value;
}
