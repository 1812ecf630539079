import path from 'node:path';
import { expect, it } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { dataFolders } from './stack-settings.js';

it('npm run reset deletes the data folders of the stack, the proxy and the orders app, or only the configured one', () => {
  const namesOf = (environment: Record<string, string>): string[] => dataFolders(environment).map((folder) => path.relative(projectRoot(), folder));
  expect(namesOf({})).toEqual(['.lockstep', '.lockstep-proxy', '.lockstep-orders']);
  expect(namesOf({ LOCKSTEP_DATA_DIR: 'elsewhere' })).toEqual(['elsewhere']);
});
