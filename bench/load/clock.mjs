const [seconds, nanoseconds] = process.hrtime();
const offsetMs = seconds * 1_000 + nanoseconds / 1e6 - performance.now();

/** Milliseconds of the machine's monotonic clock, with fractions. Processes on one machine can compare them. */
export function nowMs() {
  return offsetMs + performance.now();
}
