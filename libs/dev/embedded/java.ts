import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded-error.js';

const run = promisify(execFile);

/** Required by Kafka 4's brokers. */
const minimumJava = 17;

/** PATH and JAVA_HOME, used to find Java and Maven. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The Java command: from JAVA_HOME if set, else from the PATH.
 * @throws EmbeddedError java_missing when there is no Java, or it is older than 17
 */
export async function findJava(environment: Environment): Promise<string> {
  const home = environment['JAVA_HOME'];
  const java = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
  const found = await javaVersion(java, environment);
  if (found === undefined || found < minimumJava) {
    throw new EmbeddedError(
      'java_missing',
      `The embedded Kafka needs Java ${minimumJava} or newer (found ${found === undefined ? 'none' : `Java ${found}`}): ` +
        `install a JRE ${minimumJava}+ (or set JAVA_HOME to one), or set KAFKA_BROKERS to your own Kafka.`,
    );
  }
  return java;
}

async function javaVersion(java: string, environment: Environment): Promise<number | undefined> {
  try {
    const { stdout, stderr } = await run(java, ['-version'], { env: { ...environment } });
    // Java 9 and newer print "17.0.15", older versions "1.8.0_402".
    const match = /version "(?:1\.)?(\d+)/.exec(`${stderr}${stdout}`);
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}
