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

test('lists every variable of the schema once, and no other', () => {
  expect(settings.map(({ name }) => name).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
});

test.each(settings)('shows the default of $name', ({ name, value }) => {
  const variable = name as keyof typeof environmentSchema.shape;
  expect(parseEnvironment({ [name]: value })[variable]).toEqual(parseEnvironment({})[variable]);
  // A variable without a default has no value in the file.
  const hasDefault = parseEnvironment({})[variable] !== undefined && name !== 'LOCKSTEP_ALLOW_PRIVATE_NETWORKS';
  expect(value !== '').toBe(hasDefault);
});

test('sets nothing, so that it can be copied as it is', () => {
  expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});

test('explains each variable in the line before it, or groups it with the previous one', () => {
  expect(settings.filter(({ before }) => !before.startsWith('# ')).map(({ name }) => name)).toEqual([]);
});
