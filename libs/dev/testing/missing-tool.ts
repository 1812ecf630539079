/**
 * Says that tests are skipped for want of something. On CI it throws instead, so that no check is left out silently there, unless
 * `.ci/run` could not install it (`MISSING_TOOLS=skip`).
 * @param problem what is missing, and what installs it
 * @returns false
 */
export function skippedWithout(problem: string): false {
  if (process.env['CI'] === 'true' && process.env['MISSING_TOOLS'] !== 'skip') throw new Error(problem);
  process.stderr.write(`Skipped: ${problem}\n`);
  return false;
}
