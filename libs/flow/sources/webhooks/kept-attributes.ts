import type { IncomingHttpHeaders } from 'node:http';
import { type EventAttributes, MAX_ATTRIBUTE_CHARACTERS } from '#domain/event-attributes';
import { HEADER_VALUE, headerNameProblem } from '#domain/header-fields';

/**
 * The headers of a request that are delivered with its event. One that cannot be delivered, or with which they would have more
 * than 8,192 characters, is left out: the event is in the body, and a provider could not send it in another way.
 * @param names in lower case, the most important first
 */
export function keptAttributes(headers: IncomingHttpHeaders, names: readonly string[]): EventAttributes | undefined {
  const kept: Record<string, string> = {};
  let characters = 0;
  for (const name of names) {
    const value = headers[name];
    if (typeof value !== 'string' || !HEADER_VALUE.test(value) || headerNameProblem(name) !== undefined) continue;
    if (characters + name.length + value.length > MAX_ATTRIBUTE_CHARACTERS) continue;
    characters += name.length + value.length;
    kept[name] = value;
  }
  return characters === 0 ? undefined : kept;
}
