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

test('every user can read and run the copy, and only its owner can change it', async () => {
  const made = await copy();
  expect(await readFile(path.join(made, 'library'), 'utf8')).toBe('library');
  const modes = await Promise.all([modeOf(cache), modeOf(made), modeOf(made, 'bin'), modeOf(made, 'bin', 'server'), modeOf(made, 'library.1')]);
  expect(modes).toEqual([0o755, 0o755, 0o755, 0o755, 0o644]);
});

test('it is made once, also by several starts at once, and nothing unfinished stays', async () => {
  const made = await Promise.all([copy(), copy(), copy(), copy()]);
  expect(new Set(made).size).toBe(1);
  const { ino } = await stat(made[0] ?? '');
  expect(await copy()).toBe(made[0]);
  expect((await stat(made[0] ?? '')).ino).toBe(ino);
  expect(await readdir(cache)).toEqual([path.basename(made[0] ?? '')]);
});

test('other content gets another copy, and a damaged copy is replaced', async () => {
  const first = await copy();
  await truncate(path.join(first, 'bin', 'server'));
  expect(await copy()).toBe(first);
  expect(await readFile(path.join(first, 'bin', 'server'), 'utf8')).toBe('program');

  await writeFile(path.join(source, 'library.2'), 'library');
  const second = await copy();
  expect(second).not.toBe(first);
  expect((await readdir(cache)).sort()).toEqual([first, second].map((made) => path.basename(made)).sort());
});

test('what a killed start left half copied is removed an hour later', async () => {
  await mkdir(path.join(cache, 'unfinished-old'), { recursive: true });
  await mkdir(path.join(cache, 'unfinished-new'));
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  await utimes(path.join(cache, 'unfinished-old'), twoHoursAgo, twoHoursAgo);
  const made = await copy();
  expect((await readdir(cache)).sort()).toEqual([path.basename(made), 'unfinished-new']);
});

test('a cache folder that another user can write to is refused', async () => {
  await mkdir(cache);
  await chmod(cache, 0o777);
  await expect(copy()).rejects.toMatchObject({ code: 'postgres_start_failed', message: expect.stringContaining(`could change ${cache}`) as unknown });
  expect(await readdir(cache)).toEqual([]);
});

// Only root can give a folder to another user.
(process.getuid?.() === 0 ? test : test.skip)('a cache folder that another user prepared is refused, also behind a link', async () => {
  const prepared = path.join(folder, 'prepared');
  await mkdir(prepared);
  await chown(prepared, 65_534, 65_534);
  await symlink(prepared, cache);
  await expect(copy()).rejects.toMatchObject({ code: 'postgres_start_failed', message: expect.stringContaining(`could change ${prepared}`) as unknown });
  expect(await readdir(prepared)).toEqual([]);
});
