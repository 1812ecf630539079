// A system call each; how soon an orphan notices is no matter of milliseconds.
const intervalMs = 250;

/**
 * Aborted when the npm that runs this script is gone: killed with -9 it can pass nothing on, and the stack would run
 * on with nobody to stop it. Never aborted when npm didn't start us: then whoever did may leave, as nohup's shell does.
 */
export function npmGone(startedByNpm: boolean): AbortSignal {
  const gone = new AbortController();
  if (startedByNpm) {
    const npm = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === npm) return;
      clearInterval(timer);
      gone.abort();
    }, intervalMs).unref();
  }
  return gone.signal;
}
