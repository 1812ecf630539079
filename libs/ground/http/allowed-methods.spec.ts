import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { AllowedMethods } from './allowed-methods.js';

describe('AllowedMethods', () => {
  const allowed = new AllowedMethods();
  const instance = fastify({ exposeHeadRoutes: false });
  allowed.watch(instance);
  instance.get('/v1/things', () => '');
  instance.post('/v1/things', () => '');
  instance.get('/v1/things/:id', () => '');
  instance.delete('/v1/things/:id', () => '');
  instance.get('/files.d/*', () => '');

  it.each([
    ['/v1/things', ['GET', 'POST']],
    ['/v1/things/a', ['DELETE', 'GET']],
    ['/v1/things/a/b', []],
    ['/v1/things/', []],
    ['/v1/thing', []],
    ['/files.d/a/b', ['GET']],
    ['/filesxd/a', []],
  ])('%s takes %j', (path, methods) => {
    expect(allowed.of(path)).toEqual(methods);
  });
});
