import { execFile } from 'node:child_process';
import path from 'node:path';
import { SourceTextModule } from 'node:vm';
import { MUTANTS } from './mutants.js';
import { STALL_EDITS, STALL_POINTS, stallCode } from './stall-points.js';
import { editedFiles, prepareTestBuild } from './test-build.js';

// An end-to-end test, because only those run after a build.

describe('the test build', () => {
  it.each([{ name: 'no mutant', edits: [] }, ...MUTANTS])('with $name applies every edit and yields valid JavaScript', async ({ edits }) => {
    const files = await editedFiles([...STALL_EDITS, ...edits]);
    for (const [file, text] of files) if (file.endsWith('.js')) expect(() => new SourceTextModule(text, { identifier: file })).not.toThrow();
    const all = [...files.values()].join('\n');
    for (const point of STALL_POINTS) expect(all).toContain(stallCode(point));
  });

  it('has apps that run, and is deleted by dispose', async () => {
    const build = await prepareTestBuild(STALL_EDITS);
    const start = (): Promise<string> =>
      new Promise((resolve) => {
        const entry = path.join(build.folder, 'dist', 'apps', 'dispatcher', 'src', 'main.js');
        execFile(process.execPath, [entry], { env: { LOCKSTEP_LEASE_TTL: 'long' } }, (error, stdout, stderr) => resolve(`${stdout}${stderr}`));
      });
    try {
      // The app loads all modules before it reads its settings.
      expect(await start()).toContain('LOCKSTEP_LEASE_TTL');
    } finally {
      await build.dispose();
    }
    expect(await start()).toContain('Cannot find module');
  });
});
