import path from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const VERIFY = path.join(import.meta.dirname, '..', '..', '..', 'scripts', 'verify.mjs');

/** Has `npm run verify` look at a ground. @throws Error with what it found when the books don't add up */
export async function verifyBooks({ databaseUrl }) {
  try {
    await promisify(execFile)(process.execPath, [VERIFY], { env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl } });
  } catch (error) {
    throw new Error(`npm run verify ended with ${error.code}:\n${error.stdout}${error.stderr}`, { cause: error });
  }
}
