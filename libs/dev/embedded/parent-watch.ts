/**
 * Preloaded (`--import`) into an app that the supervisor starts: when the supervisor is gone, however it ended, its
 * IPC channel closes and the app drains as on SIGTERM. Runs on its own, so it imports nothing of ours.
 */
import { isMainThread } from 'node:worker_threads';

// Shorter than the app's own drain: the servers it would write to are being stopped as well.
const drainMs = 5_000;

if (isMainThread && process.channel !== undefined) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), drainMs).unref();
  });
  // The watch alone must not keep a process alive.
  process.channel.unref();
}
