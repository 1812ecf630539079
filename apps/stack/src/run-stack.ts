import { ConfigError } from '#ground/config/config';
import { EmbeddedError } from '#dev/embedded/embedded-error';
import { Demo } from './demo/demo.js';
import { type AppEntries, Stack } from './stack.js';
import { StackError } from './stack-error.js';
import type { StackSettings } from './stack-settings.js';
import { summaryLines } from './summary.js';

// Both the terminal and npm send SIGINT for one Ctrl-C, so it arrives twice.
const sameKeyPressMs = 500;

/**
 * Runs a stack until SIGTERM, SIGINT, SIGHUP or `ends`. Resolves when everything is stopped. If the start fails, prints
 * the reason and sets the exit code 1.
 */
export async function runStack(settings: StackSettings, entries: AppEntries, say: (line: string) => void, ends: AbortSignal): Promise<void> {
  const stack = new Stack(settings, entries, say);
  const ended = Promise.withResolvers<void>();
  let demo: Demo | undefined;
  let endingSince: number | undefined;

  async function end(): Promise<void> {
    endingSince ??= performance.now();
    demo?.stopPosting();
    await stack.stop();
    await demo?.close();
  }

  function onSignal(signal: NodeJS.Signals | 'npm has exited'): void {
    if (endingSince === undefined) {
      say(`${signal}: draining and stopping ...`);
      end().then(() => {
        say('Stopped.');
        ended.resolve();
      }, ended.reject);
    } else if (signal === 'SIGINT' && performance.now() - endingSince > sameKeyPressMs) {
      say('Killing the apps.');
      stack.killApps();
    }
  }

  // The handlers stay, so that a late Ctrl-C does not end the process during a clean stop.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  ends.addEventListener('abort', () => onSignal('npm has exited'));
  try {
    say(`Starting ${[...embeddedNames(settings), 'gateway', 'dispatcher'].join(', ')} ...`);
    const started = await stack.start();
    if (started !== undefined) {
      for (const line of summaryLines(settings, started)) say(line);
      if (settings.demo && settings.dispatchers > 0) {
        demo = new Demo({ gatewayUrl: started.gatewayUrls[0] ?? '', adminKey: started.adminKey, dataDir: settings.dataDir, say });
        await demo.run();
      }
    }
  } catch (error) {
    // Stopping during a start makes the start fail, which is no error.
    if (endingSince === undefined) {
      process.exitCode = 1;
      say(describeFailure(error));
      await end();
      ended.resolve();
    }
  }
  await ended.promise;
}

/** The message of an error that the user can fix; the stack of any other error. */
export function describeFailure(error: unknown): string {
  if (error instanceof StackError || error instanceof EmbeddedError || error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function embeddedNames({ databaseUrl, kafkaBrokers }: StackSettings): string[] {
  return [...(databaseUrl === undefined ? ['PostgreSQL'] : []), ...(kafkaBrokers === undefined ? ['Kafka'] : [])];
}
