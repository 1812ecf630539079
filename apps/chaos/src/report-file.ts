import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { SeedReport, SeedRun } from './report.js';

/** A report on disk with one entry a seed. Existing entries stay, so that a long run can be interrupted and continued. */
export class ReportFile {
  private readonly runs: SeedReport[];

  /** @throws SyntaxError when the file is not a report */
  constructor(private readonly path: string) {
    this.runs = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SeedReport[]) : [];
  }

  /**
   * The seed's entry, if the file has one.
   * @throws Error when the entry has other options, or another schedule (from another version)
   */
  find({ options, schedule }: SeedRun): SeedReport | undefined {
    const found = this.runs.find((run) => run.options.seed === options.seed);
    // JSON drops undefined fields.
    const wanted = JSON.parse(JSON.stringify({ options, schedule })) as unknown;
    if (found !== undefined && !isDeepStrictEqual({ options: found.options, schedule: found.schedule }, wanted)) {
      throw new Error(`${this.path} has another run of seed ${options.seed}: use the same options, or another file`);
    }
    return found;
  }

  /** Replaces the file atomically. */
  add(run: SeedReport): void {
    this.runs.push(run);
    this.runs.sort((a, b) => a.options.seed - b.options.seed);
    writeFileSync(`${this.path}.new`, `${JSON.stringify(this.runs, undefined, 2)}\n`);
    renameSync(`${this.path}.new`, this.path);
  }
}
