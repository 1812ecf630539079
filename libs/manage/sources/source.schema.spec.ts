import { expect, it } from '@jest/globals';
import { newSourceSchema, secretRotationSchema, sourceChangeSchema } from './source.schema.js';

const source = { name: 'stripe', provider: 'stripe' };

it.each([
  [newSourceSchema, { ...source, name: 'src_1' }, 'name'], [newSourceSchema, { ...source, name: 'api' }, 'name'], [newSourceSchema, { ...source, name: 'a/b' }, 'name'],
  [newSourceSchema, { ...source, provider: 'carrier-pigeon' }, 'provider'], [newSourceSchema, { ...source, secrets: Array(11).fill('whsec_a') }, 'secrets'], [newSourceSchema, { ...source, secrets: ['a\u0000'] }, 'secrets'],
  [newSourceSchema, { ...source, settings: { a: 'x'.repeat(65_536) } }, 'settings'], [newSourceSchema, { ...source, settings: [] }, 'settings'],
  [sourceChangeSchema, { provider: 'github' }, 'provider'], [sourceChangeSchema, { secrets: ['whsec_a'] }, 'secrets'], [sourceChangeSchema, { status: 'paused' }, 'status'],
  [secretRotationSchema, {}, ''], [secretRotationSchema, { secret: 'a', secrets: ['b'] }, ''], [secretRotationSchema, { secrets: [] }, 'secrets'], [secretRotationSchema, { secret: 'a', overlap: '31d' }, 'overlap'],
])('refuses what no source can have (case %#)', (schema, body, path) => {
  expect(schema.safeParse(body).error?.issues.map((issue) => issue.path[0] ?? '')).toEqual([path]);
});

it('has defaults', () => {
  expect(newSourceSchema.parse(source)).toEqual({ ...source, secrets: [], settings: {}, duplicates: 'replay', resubmit: 'none', status: 'active' });
  expect(secretRotationSchema.parse({ secret: 'a' })).toEqual({ secret: 'a', overlap: '1h' });
});
