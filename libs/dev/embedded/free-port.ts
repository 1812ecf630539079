import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { systemErrorCode } from './system-error.js';

// Below the ports that systems hand to outgoing connections (Linux: from 32768), so that none of those takes ours
// between the choice and the listen, or while its owner restarts.
const firstPort = 20_000;
const lastPort = 32_000;

/** Those that this process was given: nobody may listen on them yet. Of thirty ports two were the same in one of 27 cases. */
const given = new Set<number>();

/**
 * A TCP port that nobody listens on now, and that this process was not given before. Another process may take it before
 * you do.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, lastPort);
    if (given.has(port)) continue;
    // Those are listened on by now, or forgotten.
    if (given.size > (lastPort - firstPort) / 2) given.clear();
    given.add(port);
    if (await isPortFree(port)) return port;
  }
}

/** Whether this machine would let us listen on the port, on loopback and on all its addresses. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, undefined));
}

async function canListen(port: number, host: string | undefined): Promise<boolean> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  server.once('error', (error) => {
    const code = systemErrorCode(error);
    return code === 'EADDRINUSE' || code === 'EACCES' ? resolve(false) : reject(error);
  });
  server.listen(host === undefined ? { port } : { port, host }, () => server.close(() => resolve(true)));
  return promise;
}
