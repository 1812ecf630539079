import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ownSettingsOf, usualSettingsOf, webhookSettingsOf } from './webhook-settings.js';

const schema = webhookSettingsOf({ settings: z.strictObject({ header: z.string().default('x-signature'), toleranceSeconds: z.int().max(3_600).optional() }) });

function issuesOf(settings: unknown): string[] {
  return schema.safeParse(settings).error?.issues.map(({ path, code, message, ...others }) => `${path.join('/')} ${code === 'unrecognized_keys' && 'keys' in others ? `unknown ${String(others.keys)}` : message}`) ?? [];
}

describe('the settings of a webhook source', () => {
  it('are those of its provider, with their defaults, and those of every source', () => {
    expect(schema.parse({})).toEqual({ header: 'x-signature' });
    const settings = { header: 'x', id: 'header:x-id', type: 'order.{json:/kind}', entity: 'json:/a|json:/b', destinations: ['https://*.example.com/**'] };
    expect(schema.parse(settings)).toEqual(settings);
  });

  it('are refused with the paths of what is wrong', () => {
    expect(issuesOf({ headers: 'x' })).toEqual([' unknown headers']);
    expect(issuesOf({ toleranceSeconds: 4_000 })).toEqual([expect.stringMatching(/^toleranceSeconds /)]);
    expect(issuesOf({ id: '', type: '{json:/a', entity: 'json:a', destinations: [1] })).toEqual(['id must not be empty', 'type has a brace without its other half', expect.stringMatching(/^entity .*JSON pointer/), expect.stringMatching(/^destinations\/0 /)]);
    expect(issuesOf({ entity: 'record:key' })).toEqual([expect.stringMatching(/^entity record:key is not a selector/)]);
    expect(issuesOf({ entity: 'a'.repeat(1_025) })).toEqual(['entity must have at most 1024 characters']);
    expect(issuesOf([])).not.toEqual([]);
    expect(issuesOf(null)).not.toEqual([]);
  });

  it('come apart into those of every source and the provider\'s own', () => {
    const settings = { header: 'x', entity: 'a' };
    expect([usualSettingsOf(settings), ownSettingsOf(settings)]).toEqual([{ entity: 'a' }, { header: 'x' }]);
  });
});
