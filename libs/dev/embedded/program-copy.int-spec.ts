import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { programCopy } from './program-copy.js';

let folder: string;
let source: string;
let cache: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-copy-'));
  source = path.join(folder, 'source');
  cache = path.join(folder, 'cache');
  await mkdir(path.join(source, 'bin'), { recursive: true, mode: 0o700 });
  await writeFile(path.join(source, 'bin', 'server'), 'program', { mode: 0o700 });
  await writeFile(path.join(source, 'library.1'), 'library', { mode: 0o600 });
  await symlink('library.1', path.join(source, 'library'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function copy(): Promise<string> {
  return programCopy(source, 'server-1.0', cache);
}

async function modeOf(...names: string[]): Promise<number> {
  return (await stat(path.join(...names))).mode & 0o777;
}

test('every user can read and run the copy, but only its owner can change it', async () => {
  const copied = await copy();
  expect(await readFile(path.join(copied, 'library'), 'utf8')).toBe('library');
  const modes = await Promise.all([modeOf(cache), modeOf(copied), modeOf(copied, 'bin'), modeOf(copied, 'bin', 'server'), modeOf(copied, 'library.1')]);
  expect(modes).toEqual([0o755, 0o755, 0o755, 0o755, 0o644]);
});

test('concurrent starts create one copy and leave nothing unfinished', async () => {
  const copies = await Promise.all([copy(), copy(), copy(), copy()]);
  expect(new Set(copies).size).toBe(1);
  const { ino } = await stat(copies[0] ?? '');
  expect(await copy()).toBe(copies[0]);
  expect((await stat(copies[0] ?? '')).ino).toBe(ino);
  expect(await readdir(cache)).toEqual([path.basename(copies[0] ?? '')]);
});

test('different content gets another copy, and a damaged copy is replaced', async () => {
  const first = await copy();
  await truncate(path.join(first, 'bin', 'server'));
  expect(await copy()).toBe(first);
  expect(await readFile(path.join(first, 'bin', 'server'), 'utf8')).toBe('program');

  await writeFile(path.join(source, 'library.2'), 'library');
  const second = await copy();
  expect(second).not.toBe(first);
  expect((await readdir(cache)).sort()).toEqual([first, second].map((copied) => path.basename(copied)).sort());
});

test('a partial copy of a killed start is removed after an hour', async () => {
  await mkdir(path.join(cache, 'unfinished-old'), { recursive: true });
  await mkdir(path.join(cache, 'unfinished-new'));
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  await utimes(path.join(cache, 'unfinished-old'), twoHoursAgo, twoHoursAgo);
  const copied = await copy();
  expect((await readdir(cache)).sort()).toEqual([path.basename(copied), 'unfinished-new']);
});

test('rejects a cache folder that another user can write to', async () => {
  await mkdir(cache);
  await chmod(cache, 0o777);
  await expect(copy()).rejects.toMatchObject({ code: 'postgres_start_failed', message: expect.stringContaining(`could change ${cache}`) as unknown });
  expect(await readdir(cache)).toEqual([]);
});

// Only root can change a folder's owner.
(process.getuid?.() === 0 ? test : test.skip)('rejects a cache folder of another user, even behind a link', async () => {
  const prepared = path.join(folder, 'prepared');
  await mkdir(prepared);
  await chown(prepared, 65_534, 65_534);
  await symlink(prepared, cache);
  await expect(copy()).rejects.toMatchObject({ code: 'postgres_start_failed', message: expect.stringContaining(`could change ${prepared}`) as unknown });
  expect(await readdir(prepared)).toEqual([]);
});
