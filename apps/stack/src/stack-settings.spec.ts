import path from 'node:path';
import { expect, it } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { appEnvironment, dataFolders, readStackSettings } from './stack-settings.js';

it('npm run reset deletes the data folders of the stack, the proxy and the orders app, or only the configured one', () => {
  const namesOf = (environment: Record<string, string>): string[] => dataFolders(environment).map((folder) => path.relative(projectRoot(), folder));
  expect(namesOf({})).toEqual(['.lockstep', '.lockstep-proxy', '.lockstep-orders']);
  expect(namesOf({ LOCKSTEP_DATA_DIR: 'elsewhere' })).toEqual(['elsewhere']);
});

it('passes the settings of the apps on, such as those that set sources up, and sets what it decides itself', () => {
  const given = { STRIPE_WEBHOOK_SECRET: 'whsec_a', WEBHOOKSECRET: 'b', LOCKSTEP_PUBLIC_URL: 'https://hooks.example.com', LOCKSTEP_ADMIN_KEY: 'x'.repeat(24) };
  const connections = { databaseUrl: 'postgresql://db/lockstep', kafkaBrokers: 'kafka:9092', adminKey: 'y'.repeat(24), secretKey: 'z'.repeat(32) };
  expect(appEnvironment(readStackSettings(given), connections)).toMatchObject({ ...given, LOCKSTEP_ADMIN_KEY: connections.adminKey, DATABASE_URL: connections.databaseUrl });
});

it('gives no app a management port, because all of them would get the same', () => {
  const connections = { databaseUrl: 'postgresql://db/lockstep', kafkaBrokers: 'kafka:9092', adminKey: 'y'.repeat(24), secretKey: 'z'.repeat(32) };
  expect(appEnvironment(readStackSettings({ MANAGEMENT_PORT: '9090', LOG_LEVEL: 'warn' }), connections)).toMatchObject({ MANAGEMENT_PORT: undefined, LOG_LEVEL: 'warn' });
});
