import { describe, expect, test } from '@jest/globals';
import { compose, hasDeployTools } from '../fixtures/deploy-tools.js';

const SECRETS = {
  POSTGRES_PASSWORD: 'a1b2c3',
  LOCKSTEP_ADMIN_KEY: 'an-admin-key-of-24-characters',
  LOCKSTEP_SECRET_KEY: 'a-secret-key-of-more-than-32-characters',
};

const describeIfInstalled = hasDeployTools() ? describe : describe.skip;

describeIfInstalled('Docker Compose', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['no profile', [], []],
    ['proxy', ['--profile', 'proxy'], ['proxy']],
    ['observability', ['--profile', 'observability'], ['prometheus', 'grafana']],
    ['chaos', ['--profile', 'chaos'], ['toxiproxy']],
  ])('takes the file with %s, and starts its services', async (_name, profile, services) => {
    const { exitCode, output } = await compose(SECRETS, [...profile, 'config', '--services']);
    expect([exitCode, output.trim().split('\n').sort()]).toEqual([0, ['dispatcher', 'gateway', 'kafka', 'migrate', 'postgres', ...services].sort()]);
    // Without --quiet it prints the whole file; with it, only what is wrong.
    expect(await compose(SECRETS, [...profile, 'config', '--quiet'])).toEqual({ exitCode: 0, output: '' });
  });

  test.each(Object.keys(SECRETS))('refuses it without %s', async (name) => {
    const { exitCode, output } = await compose({ ...SECRETS, [name]: '' }, ['config', '--quiet']);
    expect(exitCode).not.toBe(0);
    expect(output).toContain(name);
    expect(output).toContain('see the top of docker-compose.yml');
  });
});
