import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';

/** The actions that a statement writes: as a literal, or as `'lane.' || case … then 'paused' … end`. */
function actionsIn(sql: string): string[] {
  const literals = [...sql.matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(([, action = '']) => action);
  const composed = [...sql.matchAll(/'([a-z_]+\.)' \|\| case (.*?) end/gs)].flatMap(([, group = '', cases = '']) => [...cases.matchAll(/(?:then|else) '(\w+)'/g)].map(([, verb = '']) => group + verb));
  return [...literals, ...composed];
}

it('docs/audit.md has every action that a statement writes, and no other', () => {
  const root = projectRoot();
  const statements = globSync('{libs,apps}/**/*.sql', { cwd: root }).map((file) => readFileSync(path.join(root, file), 'utf8')).filter((sql) => sql.includes('insert into audit_log'));
  const tables = readFileSync(path.join(root, 'docs/audit.md'), 'utf8').matchAll(/^\| (`[a-z_]+\.[a-z_]+`[^|]*)\|/gm);
  const documented = [...tables].flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z_.]+)`/g)].map(([, action = '']) => action));
  expect(statements.length).toBeGreaterThan(10);
  expect(documented.toSorted()).toEqual([...new Set(statements.flatMap(actionsIn))].sort());
});
