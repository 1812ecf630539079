import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '#ground/config/project-root';
import { EmbeddedError } from './embedded-error.js';
import type { Environment } from './java.js';
import { systemErrorCode } from './system-error.js';

const run = promisify(execFile);

/**
 * The folder with Kafka's jars. Maven fetches them once (44 MB); the folder's name depends on the pom. A complete
 * folder is renamed into place, so that concurrent or interrupted starts leave no partial one.
 * @throws EmbeddedError maven_missing, kafka_fetch_failed
 */
export async function kafkaJars(
  environment: Environment,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
  cache = join(projectRoot(), 'node_modules', '.cache', 'lockstep-kafka'),
): Promise<string> {
  const pom = join(projectRoot(), 'libs', 'dev', 'embedded', 'kafka', 'pom.xml');
  const content = await readFile(pom, 'utf8');
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(content)?.[1] ?? 'unknown';
  const fingerprint = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const jars = join(cache, `${version}-${fingerprint}`);
  if (await isFolder(jars)) {
    return jars;
  }
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, 'unfinished-'));
  try {
    onProgress(`Fetching Apache Kafka ${version} with Maven (44 MB, once) ...`);
    await copyWithMaven(pom, unfinished, environment, signal);
    await chmod(unfinished, 0o755);
    await rename(unfinished, jars).catch(async (error: unknown) => {
      // A concurrent start may have created the same folder.
      if (!(await isFolder(jars))) {
        throw error;
      }
    });
    return jars;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function copyWithMaven(pom: string, target: string, environment: Environment, signal: AbortSignal | undefined): Promise<void> {
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  try {
    await run('mvn', [...args, `-DoutputDirectory=${target}`], { env: { ...environment }, maxBuffer: 16 << 20, ...(signal === undefined ? {} : { signal }) });
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') {
      throw new EmbeddedError(
        'maven_missing',
        'Maven fetches the embedded Kafka, but there is no "mvn" on the PATH: ' +
          'install Maven, or set KAFKA_BROKERS to your own Kafka.',
        { cause },
      );
    }
    const output = typeof cause === 'object' && cause !== null && 'stdout' in cause ? String(cause.stdout) : String(cause);
    const firstError = output.split('\n').find((line) => line.includes('ERROR')) ?? output.trim().slice(-300);
    throw new EmbeddedError(
      'kafka_fetch_failed',
      `Maven could not fetch Apache Kafka (${firstError.replace(/^.*?\[ERROR\]\s*/, '').trim()}): ` +
        'check the network or Maven\'s mirror settings, or set KAFKA_BROKERS to your own Kafka.',
      { cause },
    );
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
