const [seconds, nanoseconds] = process.hrtime();
const offsetMs = seconds * 1_000 + nanoseconds / 1e6 - performance.now();

/** Milliseconds by the machine's monotonic clock, with fractions: comparable between the processes of one machine. */
export function nowMs() {
  return offsetMs + performance.now();
}
