import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort, isPortFree } from '#dev/embedded/free-port';
import { replaceFile } from './data-folder.js';
import { StackError } from './stack-error.js';
import type { StackSettings } from './stack-settings.js';

/**
 * Free ports for servers without configured ones. The next start uses the same ports if they are free, so that a copied
 * connection string stays valid.
 */
export async function persistentPorts<Name extends string>(dataDir: string, names: readonly Name[]): Promise<Record<Name, number>> {
  const file = path.join(dataDir, 'ports.json');
  const stored = parsePorts(await readFile(file, 'utf8').catch(() => '{}'));
  const ports: Record<string, number> = {};
  for (const name of names) {
    const last = stored[name];
    const reuse = last !== undefined && !Object.values(ports).includes(last) && (await isPortFree(last));
    ports[name] = reuse ? last : await freePort();
  }
  await replaceFile(file, `${JSON.stringify({ ...stored, ...ports }, null, 2)}\n`);
  return ports;
}

/** @throws StackError port_taken */
export async function gatewayPorts(settings: StackSettings): Promise<number[]> {
  const instances = Array.from({ length: settings.gateways }, (_, instance) => instance);
  if (settings.port === 0) return Promise.all(instances.map(() => freePort()));
  for (const instance of instances) {
    const port = settings.port + instance;
    if (port > 65_535 || !(await isPortFree(port))) {
      const explanation = settings.gateways > 1 ? ` (gateway ${instance} listens on PORT + ${instance})` : '';
      throw new StackError('port_taken', `Port ${port} is taken: set PORT to another${explanation}.`);
    }
  }
  return instances.map((instance) => settings.port + instance);
}

/** The port itself, or a free one for 0. @throws StackError port_taken */
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
