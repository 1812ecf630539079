import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded-error.js';

const run = promisify(execFile);

/** Kafka 4's brokers need it. */
const minimumJava = 17;

/** The variables that say where Java and Maven are: PATH and JAVA_HOME. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The command that runs Java: JAVA_HOME's when it is set, else the one on the PATH.
 * @throws EmbeddedError java_missing when there is none or it is older than 17
 */
export async function findJava(environment: Environment): Promise<string> {
  const home = environment['JAVA_HOME'];
  const java = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
  const found = await javaVersion(java, environment);
  if (found === undefined || found < minimumJava) {
    throw new EmbeddedError(
      'java_missing',
      `The embedded Kafka needs Java ${minimumJava} or newer (found ${found === undefined ? 'none' : `Java ${found}`}): ` +
        `install a JRE ${minimumJava}+ (or point JAVA_HOME at one), or set KAFKA_BROKERS to a Kafka that you run.`,
    );
  }
  return java;
}

async function javaVersion(java: string, environment: Environment): Promise<number | undefined> {
  try {
    const { stdout, stderr } = await run(java, ['-version'], { env: { ...environment } });
    // "17.0.15" since Java 9, "1.8.0_402" before.
    const match = /version "(?:1\.)?(\d+)/.exec(`${stderr}${stdout}`);
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}
