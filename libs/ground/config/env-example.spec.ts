import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { parseEnvironment } from './config.js';
import { environmentSchema } from './environment.js';
import { projectRoot } from './project-root.js';

const lines = readFileSync(path.join(projectRoot(), '.env.example'), 'utf8').split('\n');
const settings = lines.flatMap((line, at) => {
  const match = /^#? ?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
  return match === null ? [] : [{ name: match[1] ?? '', value: match[2] ?? '', line, before: lines[at - 1] ?? '' }];
});

test('it lists every variable of the schema, once, and nothing else', () => {
  expect(settings.map(({ name }) => name).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
});

test.each(settings)('$name stands there with its default', ({ name, value }) => {
  const variable = name as keyof typeof environmentSchema.shape;
  expect(parseEnvironment({ [name]: value })[variable]).toEqual(parseEnvironment({})[variable]);
  // What has no default is empty; what has one shows it.
  const hasDefault = parseEnvironment({})[variable] !== undefined && name !== 'LOCKSTEP_ALLOW_PRIVATE_NETWORKS';
  expect(value !== '').toBe(hasDefault);
});

test('nothing in it is set, so that it can be copied as it is', () => {
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});

test('each variable is explained by the line before it, or belongs to the one before it', () => {
  expect(settings.filter(({ before }) => !before.startsWith('# ')).map(({ name }) => name)).toEqual([]);
});
