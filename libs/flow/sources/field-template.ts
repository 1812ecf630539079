/** Where a field of an event is looked up. */
export interface FieldSources {
  /** The value of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly query: (name: string) => string | undefined;
  /** A field of a form body. */
  readonly form: (name: string) => string | undefined;
  /** The text, number or boolean at a JSON pointer (RFC 6901) of the body, as text. */
  readonly json: (pointer: string) => string | undefined;
  /** What is known besides, such as `source:name`, or `record:key` of a Kafka record. */
  readonly known: Readonly<Record<string, string | undefined>>;
}

type Alternative = (from: FieldSources) => string | undefined;
type Part = string | readonly Alternative[];

const SELECTOR = /^(header|query|form|json|source|record):/;
const BRACES = /\{([^{}]*)\}/g;

/** A template that is not one: `message` says what is wrong. */
export class FieldTemplateError extends Error {
  override readonly name = 'FieldTemplateError';
}

/**
 * How a field of an event, such as its entity, is made from a request or a record: `json:/data/id`, `header:x-shop`, `query:shop`,
 * `form:MessageSid`, alternatives of which the first with a value counts (`json:/data/customer|json:/data/id`), any of them
 * between constants (`{header:x-shop}/{json:/id}`), or a constant (`webhook`). An alternative that is no selector is a constant, too.
 */
export class FieldTemplate {
  private readonly parts: readonly Part[];

  /** @throws FieldTemplateError */
  constructor(readonly text: string) {
    this.parts = parse(text);
  }

  /** The field; undefined if a part of it has no value. */
  valueOf(from: FieldSources): string | undefined {
    let value = '';
    for (const part of this.parts) {
      const found = typeof part === 'string' ? part : firstOf(part, from);
      if (found === undefined) return undefined;
      value += found;
    }
    return value;
  }
}

function firstOf(alternatives: readonly Alternative[], from: FieldSources): string | undefined {
  for (const alternative of alternatives) {
    const value = alternative(from);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

function parse(text: string): readonly Part[] {
  if (text === '') throw new FieldTemplateError('must not be empty');
  if (SELECTOR.test(text)) return [alternativesOf(text)];
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(BRACES)) {
    parts.push(constant(text.slice(end, match.index)), alternativesOf(match[1] ?? ''));
    end = match.index + match[0].length;
  }
  parts.push(constant(text.slice(end)));
  return parts.filter((part) => part !== '');
}

function constant(text: string): string {
  if (/[{}]/.test(text)) throw new FieldTemplateError('has a brace without its other half');
  return text;
}

function alternativesOf(text: string): readonly Alternative[] {
  return text.split('|').map((each) => alternativeOf(each.trim()));
}

function alternativeOf(text: string): Alternative {
  if (text === '') throw new FieldTemplateError('has an empty selector');
  const kind = SELECTOR.exec(text)?.[1];
  const name = text.slice((kind?.length ?? -1) + 1);
  if (kind !== undefined && name === '' && kind !== 'json') throw new FieldTemplateError(`${text} must name what to take`);
  switch (kind) {
    case 'header': {
      const lower = name.toLowerCase();
      return ({ header }) => header(lower);
    }
    case 'query':
      return ({ query }) => query(name);
    case 'form':
      return ({ form }) => form(name);
    case 'json':
      if (name !== '' && !name.startsWith('/')) throw new FieldTemplateError(`${text} must have a JSON pointer such as json:/data/id`);
      return ({ json }) => json(name);
    case 'source':
    case 'record':
      return ({ known }) => known[text];
    default:
      return () => text;
  }
}
