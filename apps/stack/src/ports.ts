import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort, isPortFree } from '#dev/embedded/free-port';
import { replaceFile } from './data-folder.js';
import { StackError } from './stack-error.js';
import type { StackSettings } from './stack-settings.js';

/**
 * The ports of what has none configured: free ones, the same again at the next start where they still are free, so
 * that a connection string copied from the summary stays good.
 */
export async function rememberedPorts<Name extends string>(dataDir: string, names: readonly Name[]): Promise<Record<Name, number>> {
  const file = path.join(dataDir, 'ports.json');
  const known = parsePorts(await readFile(file, 'utf8').catch(() => '{}'));
  const ports: Record<string, number> = {};
  for (const name of names) {
    const last = known[name];
    const reuse = last !== undefined && !Object.values(ports).includes(last) && (await isPortFree(last));
    ports[name] = reuse ? last : await freePort();
  }
  await replaceFile(file, `${JSON.stringify({ ...known, ...ports }, null, 2)}\n`);
  return ports;
}

/** @throws StackError port_taken */
export async function gatewayPorts(settings: StackSettings): Promise<number[]> {
  const instances = Array.from({ length: settings.gateways }, (_, instance) => instance);
  if (settings.port === 0) return Promise.all(instances.map(() => freePort()));
  for (const instance of instances) {
    const port = settings.port + instance;
    if (port > 65_535 || !(await isPortFree(port))) {
      const whose = settings.gateways > 1 ? ` (gateway ${instance} listens on PORT + ${instance})` : '';
      throw new StackError('port_taken', `Port ${port} is taken: set PORT to another${whose}.`);
    }
  }
  return instances.map((instance) => settings.port + instance);
}

/** This port, or any free one for 0. @throws StackError port_taken */
export async function portOrFree(port: number): Promise<number> {
  if (port === 0) return freePort();
  if (await isPortFree(port)) return port;
  throw new StackError('port_taken', `Port ${port} is taken: set PORT to another.`);
}

function parsePorts(text: string): Record<string, number | undefined> {
  try {
    return JSON.parse(text) as Record<string, number>;
  } catch {
    return {};
  }
}
