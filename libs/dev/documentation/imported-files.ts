import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const IMPORT = /^(?:import|export)\s+(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;

/** A source file and all that it imports, directly or not; types do not count. @param entry relative to the root, as the result */
export function importedFiles(root: string, entry: string): ReadonlySet<string> {
  const found = new Set([entry]);
  // A set's loop meets what is added to it.
  for (const file of found) {
    for (const [, specifier = ''] of readFileSync(path.join(root, file), 'utf8').matchAll(IMPORT)) {
      const imported = fileOf(file, specifier);
      if (imported !== undefined && existsSync(path.join(root, imported))) found.add(imported);
    }
  }
  return found;
}

/** Undefined: a package. */
function fileOf(importer: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `libs/${specifier.slice(1)}.ts`;
  return specifier.startsWith('.') ? path.join(path.dirname(importer), specifier.replace(/\.js$/, '.ts')) : undefined;
}
