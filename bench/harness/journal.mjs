import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/** Writes down each part as soon as it is measured, so that an interrupted run can continue. */
export class Journal {
  #file;
  #parts = new Map();
  #startedAt;

  /**
   * @param {string} [folder] of the file `rounds.jsonl`; without it the journal is in memory only
   * @param {object} facts that all figures of the folder share
   * @param {string} [startedAt] of this run, as an ISO date
   * @throws Error when the folder holds figures with other facts
   */
  constructor(folder, facts, startedAt) {
    this.#file = folder === undefined ? undefined : path.join(folder, 'rounds.jsonl');
    this.#startedAt = startedAt;
    if (this.#file === undefined) return;
    mkdirSync(folder, { recursive: true });
    if (!existsSync(this.#file)) {
      this.#write({ ...facts, startedAt });
      return;
    }
    const [known, ...parts] = readLines(this.#file);
    const differing = Object.keys(facts).filter((name) => !isDeepStrictEqual(facts[name], known?.[name]));
    if (differing.length > 0) throw new Error(`${folder} holds figures with another ${differing.join(', ')}: choose another --out, or delete the folder`);
    this.#startedAt = known.startedAt;
    for (const { key, records } of parts) this.#parts.set(key, records);
  }

  /** When the first run into this folder started. */
  get startedAt() {
    return this.#startedAt;
  }

  has(key) {
    return this.#parts.has(key);
  }

  /** @param {string} key of one part of one round @param {object[]} records that the part produced */
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

/** Drops a last line that an interrupted run did not finish, from the file too. */
function readLines(file) {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  truncateSync(file, Buffer.byteLength(whole));
  return whole.split('\n').slice(0, -1).map((line) => JSON.parse(line));
}
