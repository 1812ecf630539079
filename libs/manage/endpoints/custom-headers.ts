import { headerNameProblem } from '#domain/header-fields';

/** Why an endpoint can't have a custom header of this name, or undefined if it can. */
export function customHeaderProblem(name: string, all: Readonly<Record<string, string>>): string | undefined {
  const problem = headerNameProblem(name);
  if (problem !== undefined) return problem;
  const lower = name.toLowerCase();
  return Object.keys(all).filter((other) => other.toLowerCase() === lower).length > 1 ? 'is given twice, in different letter case' : undefined;
}
