import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** What has been measured, written down part by part, so that a run that was ended can go on. */
export class Journal {
  #file;
  #parts = new Map();

  /**
   * @param {string} [folder] where it is kept; nowhere when it is left out
   * @param {object} facts that all of its figures have in common
   * @throws Error when the folder holds figures with other facts
   */
  constructor(folder, facts) {
    this.#file = folder === undefined ? undefined : path.join(folder, 'rounds.jsonl');
    if (this.#file === undefined) return;
    mkdirSync(folder, { recursive: true });
    if (!existsSync(this.#file)) {
      this.#write(facts);
      return;
    }
    const [known, ...parts] = readLines(this.#file);
    const differing = Object.keys(facts).filter((name) => !isDeepStrictEqual(facts[name], known?.[name]));
    if (differing.length > 0) throw new Error(`${folder} holds figures with another ${differing.join(', ')}: give another --out, or delete it`);
    for (const { key, records } of parts) this.#parts.set(key, records);
  }

  has(key) {
    return this.#parts.has(key);
  }

  /** @param {string} key of a part of a round @param {object[]} records that it gave */
  add(key, records) {
    this.#parts.set(key, records);
    this.#write({ key, records });
  }

  get records() {
    return [...this.#parts.values()].flat();
  }

  #write(line) {
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** What was being written when the run was ended is as good as not there. */
function readLines(file) {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  truncateSync(file, Buffer.byteLength(whole));
  return whole.split('\n').slice(0, -1).map((line) => JSON.parse(line));
}
