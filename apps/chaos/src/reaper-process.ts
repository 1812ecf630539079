/**
 * Runs beside the harness and ends what it started when the harness is gone, however that one ended: the channel closes
 * with it even after kill -9. A process that the harness had stopped (SIGSTOP) could not notice that by itself.
 */
import type { ReaperOrder } from './reaper.js';

const pids = new Set<number>();

process.on('message', (order: ReaperOrder) => {
  if (order.kind === 'watch') pids.add(order.pid);
  else pids.delete(order.pid);
});
process.on('disconnect', () => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
  process.exit(0);
});
// Ctrl-C reaches the whole foreground group: the harness decides when it ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
