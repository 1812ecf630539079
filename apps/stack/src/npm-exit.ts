// Each check is one system call, and a delay of 250 ms does not matter here.
const intervalMs = 250;

/**
 * Aborted when the npm that started this process exits. npm cannot forward kill -9, so the stack would keep running.
 * Never aborted without npm: another parent, such as nohup's shell, may exit on purpose.
 */
export function npmExit(startedByNpm: boolean): AbortSignal {
  const exited = new AbortController();
  if (startedByNpm) {
    const npm = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === npm) return;
      clearInterval(timer);
      exited.abort();
    }, intervalMs).unref();
  }
  return exited.signal;
}
