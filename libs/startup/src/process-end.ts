import { ConfigError } from '#config/config';

/** The process's configuration; when it is not valid, says what is wrong with it and ends the process. */
export function configOrExit<Config>(load: (env: Record<string, string | undefined>) => Config): Config {
  try {
    return load(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(error);
  }
}

/** One clear message, for a person; then the end. */
export function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
