import { execFile } from 'node:child_process';
import path from 'node:path';
import { SourceTextModule } from 'node:vm';
import { MUTANTS } from './mutants.js';
import { STALL_EDITS, STALL_POINTS, stallCode } from './stall-points.js';
import { editedFiles, prepareTestBuild } from './test-build.js';

// End to end because `npm test` has a current build only there; what is looked at is the build.

describe('the test build', () => {
  it.each([{ name: 'no mutant', edits: [] }, ...MUTANTS])('can be made with $name: every edit fits, and what comes of it is JavaScript', async ({ edits }) => {
    const files = await editedFiles([...STALL_EDITS, ...edits]);
    for (const [file, text] of files) if (file.endsWith('.js')) expect(() => new SourceTextModule(text, { identifier: file })).not.toThrow();
    const all = [...files.values()].join('\n');
    for (const point of STALL_POINTS) expect(all).toContain(stallCode(point));
  });

  it('is a copy whose apps run, and that is gone once it is disposed of', async () => {
    const build = await prepareTestBuild(STALL_EDITS);
    const start = (): Promise<string> =>
      new Promise((resolve) => {
        const entry = path.join(build.folder, 'dist', 'apps', 'dispatcher', 'src', 'main.js');
        execFile(process.execPath, [entry], { env: { LOCKSTEP_LEASE_TTL: 'long' } }, (error, stdout, stderr) => resolve(`${stdout}${stderr}`));
      });
    try {
      // All of it is loaded before the settings are read.
      expect(await start()).toContain('LOCKSTEP_LEASE_TTL');
    } finally {
      await build.dispose();
    }
    expect(await start()).toContain('Cannot find module');
  });
});
