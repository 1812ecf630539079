import { readFileSync } from 'node:fs';

// NestJS 12 needs this version, and so do undici 8 and jest's require(esm).
const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const OLDEST = engines.node.replace('>=', '');

/** Exits with a message and this exit code if Node is older than `engines` in package.json says. */
export function checkNode(exitCode = 1) {
  const [oldestMajor, oldestMinor] = OLDEST.split('.').map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  console.error(
    `Lockstep needs Node ${OLDEST} or newer, and this is ${process.versions.node}. Run it through npm (npm start, npm test), which uses the Node 24 ` +
      'that `npm install` puts into node_modules (not with --omit=optional or --ignore-scripts), or install Node 24.',
  );
  process.exit(exitCode);
}
