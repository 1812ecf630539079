/**
 * Kills the harness's processes when the harness exits for any reason: the channel then closes, even after kill -9.
 * Processes frozen with SIGSTOP could not notice that themselves.
 */
import type { ReaperCommand } from './reaper.js';

const pids = new Set<number>();

process.on('message', ({ kind, pid }: ReaperCommand) => {
  if (kind === 'watch') pids.add(pid);
  else pids.delete(pid);
});
process.on('disconnect', () => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // The process has already exited.
    }
  }
  process.exit(0);
});
// Ctrl-C must not end this process before the harness.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
