// Required by NestJS 12, undici 8 and jest's require(esm).
const OLDEST = [22, 19];

/** Exits with a message and this exit code if Node is too old. */
export function checkNode(exitCode = 1) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  console.error(
    `Lockstep needs Node ${OLDEST.join('.')} or newer, and this is ${process.versions.node}: run it through npm (npm start, npm test), ` +
      'which uses the Node 24 that `npm install` puts into node_modules (unless run with --omit=optional or --ignore-scripts), or install Node 24.',
  );
  process.exit(exitCode);
}
