import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { SeedReport, SeedRun } from './report.js';

/** A report on disk, one entry a seed: what is in it stays, so that a long run can be made in several sittings. */
export class ReportFile {
  private readonly runs: SeedReport[];

  /** @throws SyntaxError when the file is no report */
  constructor(private readonly path: string) {
    this.runs = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SeedReport[]) : [];
  }

  /**
   * The seed's run, when the file has it.
   * @throws Error when the file has another run of that seed: with other options, or by another version's schedule
   */
  find({ options, schedule }: SeedRun): SeedReport | undefined {
    const found = this.runs.find((run) => run.options.seed === options.seed);
    // As JSON has it: without what is undefined.
    const wanted = JSON.parse(JSON.stringify({ options, schedule })) as unknown;
    if (found !== undefined && !isDeepStrictEqual({ options: found.options, schedule: found.schedule }, wanted)) {
      throw new Error(`${this.path} has another run of seed ${options.seed}: go on with its options, or name another file`);
    }
    return found;
  }

  /** Writes the file at once: whole or, if that is interrupted, as it was. */
  add(run: SeedReport): void {
    this.runs.push(run);
    this.runs.sort((a, b) => a.options.seed - b.options.seed);
    writeFileSync(`${this.path}.new`, `${JSON.stringify(this.runs, undefined, 2)}\n`);
    renameSync(`${this.path}.new`, this.path);
  }
}
