import { describe, expect, it } from '@jest/globals';
import { analyse, withoutVariables } from './promql.js';

describe('analyse', () => {
  it('finds metrics, matchers and grouping labels', () => {
    expect(analyse(withoutVariables('sum by (le, route) (rate(a_bucket{x="1",y=~"2|3\\\\.0"}[$__rate_interval])) / on (job) b'))).toEqual({
      selectors: [
        { metric: 'a_bucket', matchers: [{ label: 'x', operator: '=', value: '1' }, { label: 'y', operator: '=~', value: '2|3\\.0' }] },
        { metric: 'b', matchers: [] },
      ],
      grouping: ['le', 'route', 'job'],
      errors: [],
    });
  });

  it.each(['sum(rate(a[5m])', 'rate(a[$__unknown])', 'a{b=c}'])('finds that %s is not PromQL', (expression) => {
    expect(analyse(withoutVariables(expression)).errors).not.toEqual([]);
  });
});
