import { expect, it } from '@jest/globals';
import { connectionOf, differencesOf } from './session.js';

it('leaves DATABASE_URL as it is, and sets what a session relies on', () => {
  const { connectionString, options } = connectionOf('postgresql://a:b%2F@host:5432/lockstep?sslmode=verify-full', { transaction_timeout: '5s' });
  expect(connectionString).toBe('postgresql://a:b%2F@host:5432/lockstep?sslmode=verify-full');
  expect(options).toContain('-c synchronous_commit=on');
  expect(options).toContain(String.raw`-c default_transaction_isolation=read\ committed`);
  expect(options).toMatch(/-c transaction_timeout=5s(?: |$)/);
  expect(options).not.toContain('transaction_timeout=0');
});

it('puts its settings behind those of DATABASE_URL, so that its own win, and lets only the URL choose the schema', () => {
  const { connectionString, options } = connectionOf('postgresql://host/db?options=-c%20work_mem%3D1GB%20-c%20synchronous_commit%3Doff%20-c%20search_path%3Dtenant&statement_timeout=5&lock_timeout=5&query_timeout=5&idle_in_transaction_session_timeout=5&ssl=1');
  expect(connectionString).toBe('postgresql://host/db?ssl=1');
  expect(options).toMatch(/^-c work_mem=1GB -c synchronous_commit=off -c search_path=tenant -c synchronous_commit=on /);
  expect(options.match(/search_path/g)).toHaveLength(1);
  expect(connectionOf('postgresql://host/db').options).toContain('-c search_path=public');
});

it('tells which settings a session has not got, however the server writes them', () => {
  const { options } = connectionOf('postgresql://host/db');
  const asked = new Map([...options.matchAll(/-c ([A-Za-z_]+)=((?:\\.|[^ ])+)/g)].map(([, name = '', value = '']): [string, string] => [name, value.replaceAll('\\', '')]));
  expect(differencesOf(new Map([...asked, ['DateStyle', 'ISO, YMD'], ['search_path', 'other']]))).toEqual([]);
  expect(differencesOf(new Map([...asked, ['synchronous_commit', 'off'], ['jit', 'on']]))).toEqual(['synchronous_commit=off', 'jit=on']);
});
