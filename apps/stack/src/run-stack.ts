import { ConfigError } from '#ground/config/config';
import { EmbeddedError } from '#dev/embedded/embedded-error';
import { Demo } from './demo/demo.js';
import { type AppEntries, Stack } from './stack.js';
import { StackError } from './stack-error.js';
import type { StackSettings } from './stack-settings.js';
import { summaryLines } from './summary.js';

// npm passes a terminal's Ctrl-C on to us, which the terminal has sent us already: one press arrives twice.
const samePressMs = 500;

/**
 * Runs a stack until SIGTERM, SIGINT, SIGHUP or until `ends` is aborted; resolves when everything is stopped. Sets the exit code 1 and says
 * why when it could not be started.
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

  function onSignal(signal: NodeJS.Signals | 'npm is gone'): void {
    if (endingSince === undefined) {
      say(`${signal}: draining and stopping ...`);
      end().then(() => {
        say('Stopped.');
        ended.resolve();
      }, ended.reject);
    } else if (signal === 'SIGINT' && performance.now() - endingSince > samePressMs) {
      say('Hurrying.');
      stack.hurry();
    }
  }

  // Never taken off again: a late Ctrl-C must not turn a clean stop into a death by signal.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  ends.addEventListener('abort', () => onSignal('npm is gone'));
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
    // Stopping makes what is being started fail: no error then.
    if (endingSince === undefined) {
      process.exitCode = 1;
      say(describeFailure(error));
      await end();
      ended.resolve();
    }
  }
  await ended.promise;
}

/** A sentence for what a person can mend; everything else is ours, with its stack. */
export function describeFailure(error: unknown): string {
  if (error instanceof StackError || error instanceof EmbeddedError || error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function embeddedNames({ databaseUrl, kafkaBrokers }: StackSettings): string[] {
  return [...(databaseUrl === undefined ? ['PostgreSQL'] : []), ...(kafkaBrokers === undefined ? ['Kafka'] : [])];
}
