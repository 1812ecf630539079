import { ENTITY_PROBLEM, isEntity } from '#domain/entity';
import { EVENT_TYPE_RULE, isEventType } from '#domain/event-type';
import { keyOfId } from '#domain/idempotency-key';
import type { ProblemDetail } from '#domain/problem';
import { type EventRequest, invalid } from './event-request.js';
import { parseTimestamp } from './timestamp.js';

/** An event's context attributes as their canonical texts (CloudEvents 1.0.2, type system), by name. */
export type CloudEventContext = ReadonlyMap<string, string>;

/** CloudEvents 1.0.2, "Naming Conventions". */
export const ATTRIBUTE_NAME = /^[a-z0-9]+$/;
/** CloudEvents 1.0.2, type "String": neither control characters nor noncharacters. */
const FORBIDDEN = /\p{Cc}|\p{Noncharacter_Code_Point}/u;
/** RFC 3986: the characters of a URI reference, with whole percent-encodings, and at most one fragment. */
const URI_REFERENCE = /^(?:[\w\-.~:/?[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+(?:#(?:[\w\-.~:/?[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?$/;
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:/;
/** RFC 2046: a type, a subtype, and perhaps parameters. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+ *(?:;.*)?$/;

/** Why an attribute can't have this text, whatever its name; undefined if it can. */
export function textProblem(text: string): string | undefined {
  return FORBIDDEN.test(text) || !text.isWellFormed() ? 'must have neither control characters nor noncharacters' : undefined;
}

const NOT_EMPTY = 'must be a text that is not empty';
const isNotEmpty = (text: string): boolean => text !== '';

/** Attributes with rules of their own. */
const RULES: readonly { readonly name: string; readonly isRequired?: true; readonly isRight: (text: string) => boolean; readonly message: string }[] = [
  { name: 'specversion', isRequired: true, isRight: (text) => text === '1.0', message: 'must be 1.0' },
  { name: 'id', isRequired: true, isRight: isNotEmpty, message: NOT_EMPTY },
  { name: 'source', isRequired: true, isRight: (text) => URI_REFERENCE.test(text), message: 'must be a URI reference such as /orders or https://example.com/orders' },
  // Stricter than CloudEvents: endpoints subscribe to types by name and prefix (`order.*`), and a type is part of paths.
  { name: 'type', isRequired: true, isRight: isEventType, message: EVENT_TYPE_RULE },
  { name: 'time', isRight: (text) => parseTimestamp(text) !== undefined, message: 'must be an RFC 3339 date and time such as 2026-01-31T12:00:00Z' },
  { name: 'datacontenttype', isRight: (text) => MEDIA_TYPE.test(text), message: 'must be a media type such as application/json' },
  { name: 'dataschema', isRight: (text) => URI.test(text) && URI_REFERENCE.test(text), message: 'must be an absolute URI' },
];
const ENTITY_MESSAGE = `${ENTITY_PROBLEM}. Events with the same \`partitionkey\`, or else the same \`subject\`, are delivered in order`;

/**
 * Reads what Lockstep needs of an event. Its entity is `partitionkey`, else `subject`. Its idempotency key is the request's,
 * else `source` and `id`, which together name one event (CloudEvents 1.0.2, "id").
 * @param pathOf where the client finds an attribute of this name
 * @param found what is wrong with the texts of attributes, which are not in the context then
 * @throws LockstepError `invalid_request`, which names everything that is wrong
 */
export function readContext(context: CloudEventContext, headerKey: string | undefined, pathOf: (name: string) => string, found: readonly ProblemDetail[]): Omit<EventRequest, 'attributes' | 'value'> {
  const [id = '', source = '', type = '', time] = ['id', 'source', 'type', 'time'].map((name) => context.get(name));
  const entityName = context.has('partitionkey') ? 'partitionkey' : 'subject';
  // Of extensions only the partition key must not be empty.
  const subject = entityName === 'subject' ? [] : [{ name: 'subject', isRight: isNotEmpty, message: NOT_EMPTY }];
  const rules: typeof RULES = [...RULES, ...subject, { name: entityName, isRequired: true, isRight: isEntity, message: ENTITY_MESSAGE }];
  const broken = rules.flatMap(({ name, isRequired, isRight, message }) => {
    const [path, text] = [pathOf(name), context.get(name)];
    if (text === undefined) return isRequired === true && !found.some((problem) => problem.path === path) ? [{ path, message: `is missing: it ${message}` }] : [];
    return isRight(text) ? [] : [{ path, message }];
  });
  if (found.length + broken.length > 0) throw invalid([...found, ...broken]);
  // A URI reference has no space, so distinct pairs have distinct keys.
  return { type, entity: context.get(entityName) ?? '', occurredAt: time === undefined ? undefined : parseTimestamp(time), idempotencyKey: headerKey ?? keyOfId(`${source} ${id}`) };
}
