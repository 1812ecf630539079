const [seconds, nanoseconds] = process.hrtime();
const offsetMs = seconds * 1_000 + nanoseconds / 1e6 - performance.now();

/** Milliseconds of the machine's monotonic clock, with fractions; comparable between processes of the machine. */
export function nowMs(): number {
  return offsetMs + performance.now();
}
