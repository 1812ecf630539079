import { _, Ajv2020, type CodeKeywordDefinition, type KeywordCxt, type Name, type Options } from 'ajv/dist/2020.js';
import type { Budget } from './budget.js';
import { FORMAT_NAMES, formatCheck } from './formats.js';
import type { Pattern } from './pattern/pattern.js';
import { areUnique, ValueSet } from './value-set.js';
import type { VettedSchema } from './vetted-schema.js';

/** They go through all names of an object. */
const NAME_KEYWORDS = new Set(['additionalProperties', 'patternProperties', 'propertyNames', 'unevaluatedProperties', 'minProperties', 'maxProperties']);
/** For `unevaluatedProperties`, each schema that is applied to an object copies the names that it has looked at. */
const STEPS_PER_COPIED_NAME = 8;
/** They go through a text. Formats and patterns count their own work. */
const LENGTH_KEYWORDS = new Set(['minLength', 'maxLength']);

/**
 * An ajv for one schema, whose validators spend the budget in each step: at every keyword, at every subschema that is
 * applied, for each name of an object and for texts. So neither recursion nor nested alternatives can take long.
 */
export function meteredAjv(vetted: Pick<VettedSchema, 'patterns' | 'hasUnevaluated'>, budget: Budget, options: Options): Ajv2020 {
  const ajv = new Ajv2020({
    // The vetting is stricter, and says where something is wrong.
    strict: false,
    // JSON.parse makes 1e999 infinite.
    strictNumbers: true,
    validateSchema: false,
    meta: false,
    logger: false,
    // toString and constructor are names like any other.
    ownProperties: true,
    // Code stays linear in the size of the schema.
    inlineRefs: false,
    // Else it runs patterns natively on the names in the schema.
    allowMatchingProperties: true,
    multipleOfPrecision: 9,
    // It takes as long as the rest, and V8 does the same.
    code: { regExp: regExpsOf(vetted.patterns, budget), optimize: false },
    ...options,
  });
  for (const name of FORMAT_NAMES) ajv.addFormat(name, { validate: formatCheck(name, budget) });
  for (const keyword of valueKeywords(budget)) ajv.removeKeyword(String(keyword.keyword)).addKeyword(keyword);
  for (const rule of Object.values(ajv.RULES.all)) {
    if (typeof rule !== 'object' || !('code' in rule.definition)) continue;
    rule.definition = { ...rule.definition, code: metered(rule.definition.code, budget, vetted.hasUnevaluated) };
  }
  return ajv;
}

function metered(code: CodeKeywordDefinition['code'], budget: Budget, hasUnevaluated: boolean): CodeKeywordDefinition['code'] {
  return (context, type) => {
    const { gen, data, keyword } = context;
    const name = gen.scopeValue('obj', { ref: budget });
    spend(context, name, 1 + sizeOf(context.schema));
    if (LENGTH_KEYWORDS.has(keyword)) gen.code(_`${name}.spendOnText(${data}.length)`);
    const stepsPerName = NAME_KEYWORDS.has(keyword) ? 1 : hasUnevaluated && context.def.type === undefined ? STEPS_PER_COPIED_NAME : 0;
    if (stepsPerName > 0) gen.code(_`${name}.spendOnNames(${data}, ${stepsPerName})`);
    const subschema = context.subschema.bind(context);
    context.subschema = (application, valid) => {
      spend(context, name, 1);
      return subschema(application, valid);
    };
    if (keyword !== '$ref') return code(context, type);
    gen.code(_`${name}.enter()`);
    // A block, so that the depth is counted back whether the value fits or not.
    gen.block(() => code(context, type));
    gen.code(_`${name}.leave()`);
  };
}

/** Inline, because a call takes longer than the rest of most steps. */
function spend({ gen }: KeywordCxt, budget: Name, steps: number): void {
  gen.code(_`if ((${budget}.left -= ${steps}) < 0) ${budget}.giveUp()`);
}

function sizeOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** The equality of values is ajv's, but looks at each value once, however many it is compared with. */
function valueKeywords(budget: Budget): CodeKeywordDefinition[] {
  const oneOf = (context: KeywordCxt, values: readonly unknown[]): void => {
    const set = new ValueSet(budget);
    budget.reset(Infinity);
    for (const value of values) set.add(value);
    context.pass(_`${context.gen.scopeValue('obj', { ref: set })}.has(${context.data})`);
  };
  return [
    { keyword: 'enum', schemaType: 'array', code: (context) => oneOf(context, context.schema as unknown[]), error: { message: 'must be equal to one of the allowed values', params: ({ schemaCode }) => _`{allowedValues: ${schemaCode}}` } },
    { keyword: 'const', code: (context) => oneOf(context, [context.schema]), error: { message: 'must be equal to constant', params: ({ schemaCode }) => _`{allowedValue: ${schemaCode}}` } },
    {
      keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', error: { message: 'must not have equal items' },
      code: (context) => {
        if (context.schema !== true) return;
        const check = (values: readonly unknown[]): boolean => areUnique(values, budget);
        context.pass(_`${context.gen.scopeValue('func', { ref: check })}(${context.data})`);
      },
    },
  ];
}

/** ajv keeps one of those with the same text. */
function regExpsOf(patterns: ReadonlyMap<string, Pattern>, budget: Budget): NonNullable<NonNullable<Options['code']>['regExp']> {
  const regExp = (source: string) => {
    const pattern = patterns.get(source);
    if (pattern === undefined) throw new Error(`The pattern ${source} is not one of the schema`);
    const test = (text: string): boolean => {
      budget.spendOnText(text.length);
      return pattern.test(text);
    };
    return { test, toString: () => source };
  };
  return Object.assign(regExp, { code: 'pattern' });
}
