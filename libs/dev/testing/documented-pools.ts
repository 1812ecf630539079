import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#ground/config/project-root';

/** The pools of an app and their sizes, as docs/design.md has them in its table of shared resources. */
export function documentedPools(app: string): Record<string, number> {
  const text = readFileSync(path.join(projectRoot(), 'docs/design.md'), 'utf8');
  const row = text.split('\n').find((line) => line.startsWith(`| Postgres connections, ${app} |`));
  if (row === undefined) throw new Error(`docs/design.md has no row "Postgres connections, ${app}" in its table of shared resources`);
  return Object.fromEntries([...(row.split('|')[2] ?? '').matchAll(/([a-z-]+) (\d+)/g)].map(([, name = '', size]) => [name, Number(size)]));
}
