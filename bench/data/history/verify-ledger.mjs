import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const VERIFY = path.join(import.meta.dirname, '..', '..', '..', 'scripts', 'verify.mjs');

/** Runs `npm run verify` on the database. @throws Error with its output when the ledger does not balance */
export async function verifyLedger({ databaseUrl }) {
  try {
    await promisify(execFile)(process.execPath, [VERIFY], { env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl } });
  } catch (error) {
    throw new Error(`npm run verify exited with ${error.code}:\n${error.stdout}${error.stderr}`, { cause: error });
  }
}
