import { createRequire } from 'node:module';

/** Parts of kafkajs' SCRAM. */
interface Scram {
  hi: (password: string, salt: Buffer, iterations: number, digest: object) => Promise<Buffer>;
}

// An internal file of kafkajs 2.2.4, whose version is pinned. A test fails when it changes.
const { SCRAM } = createRequire(import.meta.url)('kafkajs/src/broker/saslAuthenticator/scram.js') as { readonly SCRAM: Scram };
const original = SCRAM.hi;

/** Kafka sets 16,384 at most (its ScramMechanism). So many take a tenth of a second. */
const MAX_ITERATIONS = 100_000;

/**
 * Refuses to hash a password more than 100,000 times. The broker says how often, and kafkajs 2.2.4 knows no limit: with two
 * billion times, four connections keep the process from files, names and compression for an hour.
 */
export function limitScramIterations(): void {
  SCRAM.hi = (password, salt, iterations, digest) =>
    iterations > MAX_ITERATIONS ? Promise.reject(new Error(`the broker asks for ${iterations} iterations, and at most ${MAX_ITERATIONS} are made`)) : original(password, salt, iterations, digest);
}
