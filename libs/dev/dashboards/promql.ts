import { parser } from '@prometheus-io/lezer-promql';

export interface LabelMatcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly LabelMatcher[];
}

export interface Expression {
  readonly selectors: readonly Selector[];
  /** Labels that are aggregated or joined by. */
  readonly grouping: readonly string[];
  /** Positions at which it is not PromQL. */
  readonly errors: readonly number[];
}

/** Grafana's variables, as durations that a system after a short run has data for. */
const VARIABLES: Readonly<Record<string, string>> = { $__rate_interval: '1m', $__interval: '15s', $__range: '5m' };

/** The expression as Prometheus gets it from Grafana. */
export function withoutVariables(expression: string): string {
  return expression.replaceAll(/\$__\w+/g, (name) => VARIABLES[name] ?? name);
}

/** Which series an expression reads. @param expression without Grafana's variables */
export function analyse(expression: string): Expression {
  const textOf = ({ from, to }: { readonly from: number; readonly to: number }): string => expression.slice(from, to);
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  const errors: number[] = [];
  parser.parse(expression).iterate({
    enter(reference) {
      if (reference.type.isError) errors.push(reference.from);
      if (reference.name === 'GroupingLabels') grouping.push(...reference.node.getChildren('LabelName').map(textOf));
      if (reference.name !== 'VectorSelector') return;
      const name = reference.node.getChild('Identifier');
      const matchers: LabelMatcher[] = [];
      reference.node.cursor().iterate((inner) => {
        if (inner.name !== 'UnquotedLabelMatcher') return;
        const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((part) => inner.node.getChild(part));
        if (label && operator && value) matchers.push({ label: textOf(label), operator: textOf(operator), value: JSON.parse(textOf(value)) as string });
      });
      selectors.push({ metric: name === null ? '' : textOf(name), matchers });
    },
  });
  return { selectors, grouping, errors };
}
