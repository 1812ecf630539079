/**
 * Preloaded (`--import`) into the supervisor's apps. When the supervisor exits for any reason, the IPC channel closes
 * and the app drains as on SIGTERM. Node loads this file directly, so it imports nothing from the project.
 */
import { isMainThread } from 'node:worker_threads';

// Shorter than the app's own drain, because the guards stop Postgres and Kafka at the same time.
const drainMs = 5_000;

if (isMainThread && process.channel !== undefined) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), drainMs).unref();
  });
  // The channel must not keep the process alive.
  process.channel.unref();
}
