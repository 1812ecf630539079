import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { systemErrorCode } from './system-error.js';

// Below the range for outgoing connections (Linux: from 32768), so that none of them takes the port before its server
// listens, or while that server restarts.
const firstPort = 20_000;
const lastPort = 32_000;

/** Ports that this process has returned but may not use yet. Without it, two of thirty ports were equal in one of 27 cases. */
const returned = new Set<number>();

/** A free TCP port that this process has not returned before. Another process may still take it first. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, lastPort);
    if (returned.has(port)) continue;
    // The older ones are in use or no longer needed.
    if (returned.size > (lastPort - firstPort) / 2) returned.clear();
    returned.add(port);
    if (await isPortFree(port)) return port;
  }
}

/** Whether a server can listen on the port, on loopback and on all addresses. */
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
