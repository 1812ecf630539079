import { expect, it } from '@jest/globals';
import { kafkaSettings } from './kafka-settings.js';

const problemsOf = (settings: object): string[] => kafkaSettings.safeParse(settings).error?.issues.map(({ path, message }) => `/${path.join('/')} ${message}`) ?? [];

it('need only a topic', () => {
  expect(kafkaSettings.parse({ topic: 'orders' })).toEqual({ topic: 'orders', startAt: 'earliest', preset: 'plain', onInvalid: 'park' });
});

it('take a cluster of others', () => {
  const settings = { topic: 'orders', brokers: ['kafka-1.example.com:9092', '192.0.2.1:9092'], ssl: true, sasl: { mechanism: 'scram-sha-512', username: 'lockstep', password: 'secret' }, startAt: '2026-01-31T12:00:00Z', entity: 'json:/a|record:key' };
  expect(problemsOf(settings)).toEqual([]);
});

it.each<[object, RegExp]>([
  [{}, /^\/topic/],
  [{ topic: 'a b' }, /^\/topic must be the name of a topic/],
  [{ topic: '..' }, /^\/topic must/],
  [{ topic: 'a', brokers: ['localhost'] }, /^\/brokers\/0 must be host:port/],
  [{ topic: 'a', brokers: ['[2001:db8::1]:9092'] }, /^\/brokers\/0 must be host:port, where the host is a name or an IPv4 address/],
  [{ topic: 'a', brokers: [] }, /^\/brokers/],
  [{ topic: 'a', sasl: { mechanism: 'plain', username: 'a', password: 'b' } }, /^\/sasl is for a cluster of your own/],
  [{ topic: 'a', ssl: true }, /^\/ssl is for/],
  [{ topic: 'a', startAt: 'yesterday' }, /^\/startAt must be earliest, latest/],
  [{ topic: 'a', entity: '{record:key' }, /^\/entity has a brace/],
  [{ topic: 'a', type: '' }, /^\/type must not be empty/],
  [{ topic: 'a', entity: 'form:x|query:y' }, /^\/entity form:x is not a selector/],
  [{ topic: 'a', colour: 'red' }, /^\/ .*colour/],
])('refuse %j', (settings, problem) => {
  expect(problemsOf(settings)[0]).toMatch(problem);
});
