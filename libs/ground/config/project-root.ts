import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of package.json, for the sources and for the built code. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}
