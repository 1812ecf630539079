import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '#ground/config/project-root';

/** A change to a built file or a migration. `find` must occur exactly once, so that outdated edits fail. */
export interface Edit {
  /** Relative to the project: `dist/libs/…/x.js`, `migrations/….sql`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The edit applies to a generated query's SQL statement, and adjusts its parameter offsets. */
  readonly inStatement?: boolean;
}

/** An edited copy of the built project. */
export interface TestBuild {
  readonly folder: string;
  dispose(): Promise<void>;
}

/** A statement as PgTyped stores it: `a` is the offset of a parameter's colon, `b` of its last character. */
interface StatementParts {
  readonly params: readonly { readonly name: string; readonly locs: readonly { readonly a: number; readonly b: number }[] }[];
  readonly statement: string;
}

export function sqlEdit(file: string, find: string, replace: string): Edit {
  return { file, find, replace, inStatement: true };
}

/** Copies the build and the migrations, and applies the edits in order. Production code therefore needs no test switches. */
export async function prepareTestBuild(edits: readonly Edit[]): Promise<TestBuild> {
  const root = projectRoot();
  const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-chaos-build-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await Promise.all([
      cp(path.join(root, 'dist'), path.join(folder, 'dist'), { recursive: true, filter: (source) => !source.endsWith('.map') }),
      cp(path.join(root, 'migrations'), path.join(folder, 'migrations'), { recursive: true }),
      // Its "imports" then resolve to the copy.
      cp(path.join(root, 'package.json'), path.join(folder, 'package.json')),
      symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules')),
    ]);
    const files = await editedFiles(edits);
    await Promise.all([...files].map(([file, text]) => writeFile(path.join(folder, file), text)));
  } catch (error) {
    await dispose();
    throw error;
  }
  return { folder, dispose };
}

/**
 * The edited texts by file, with the edits applied in order.
 * @throws Error when an edit does not fit
 */
export async function editedFiles(edits: readonly Edit[]): Promise<Map<string, string>> {
  const root = projectRoot();
  const files = new Map<string, string>();
  for (const edit of edits) {
    const before = files.get(edit.file) ?? (await readFile(path.join(root, edit.file), 'utf8'));
    files.set(edit.file, edited(before, edit));
  }
  return files;
}

/**
 * Applies one edit to a file's text.
 * @throws Error when the text to replace does not occur exactly once
 */
export function edited(text: string, { file, find, replace, inStatement = false }: Edit): string {
  if (!inStatement) {
    const at = onlyPlaceOf(find, text, file);
    return text.slice(0, at) + replace + text.slice(at + find.length);
  }
  const literal = /^const \w+IR = (\{.*\});$/m.exec(text)?.[1];
  if (literal === undefined) throw new Error(`${file} contains no generated query`);
  const before = JSON.parse(literal) as StatementParts;
  return text.replace(literal, () => JSON.stringify(editedStatement(before, find, replace, file)));
}

function editedStatement<Parts extends StatementParts>(before: Parts, find: string, replace: string, file: string): Parts {
  const at = onlyPlaceOf(find, before.statement, file);
  const end = at + find.length;
  const moved = (offset: number): number => (offset >= end ? offset + replace.length - find.length : offset);
  const params = before.params.map((param) => ({
    ...param,
    locs: param.locs.map(({ a, b }) => {
      if (a < end && b >= at) throw new Error(`${file}: the edit would replace the parameter ${param.name}`);
      return { a: moved(a), b: moved(b) };
    }),
  }));
  const statement = before.statement.slice(0, at) + replace + before.statement.slice(end);
  for (const { name, locs } of params) {
    for (const { a } of locs) if (!statement.startsWith(`:${name}`, a)) throw new Error(`${file}: the parameter ${name} is no longer at ${a}`);
  }
  return { ...before, params, statement };
}

function onlyPlaceOf(find: string, text: string, file: string): number {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${file} contains this ${places} times instead of once: ${find}`);
  return text.indexOf(find);
}
