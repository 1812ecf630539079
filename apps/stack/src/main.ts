import path from 'node:path';
import { projectRoot } from '#ground/config/project-root';
import { npmExit } from './npm-exit.js';
import { describeFailure, runStack } from './run-stack.js';
import { readStackSettings } from './stack-settings.js';

function entryOf(app: string): string {
  return path.join(projectRoot(), 'dist', 'apps', app, 'src', 'main.js');
}

// The reader of the output may exit before the stack is stopped.
process.stdout.on('error', () => undefined);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  const npm = npmExit(process.env['npm_lifecycle_event'] !== undefined);
  await runStack(readStackSettings(process.env), { gateway: entryOf('gateway'), dispatcher: entryOf('dispatcher') }, say, npm);
} catch (error) {
  say(describeFailure(error));
  process.exitCode = 1;
}
