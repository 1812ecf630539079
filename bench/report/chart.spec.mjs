import { describe, expect, it } from '@jest/globals';
import { barChart, figure } from './chart.mjs';

const widthsOf = (svg) => [...svg.matchAll(/<rect x="250" y="\d+" width="([\d.]+)" height="11"/g)].map(([, width]) => Number(width));

describe('barChart', () => {
  const groups = [
    { name: 'one <endpoint>', values: [50, 100] },
    { name: 'ten', values: [25, undefined] },
  ];
  const svg = barChart([{ title: 'delivered/s', groups }], ['product', 'bare']);

  it('draws each defined value as a bar of proportional length', () => {
    const [product, bare, ten, ...none] = widthsOf(svg);
    expect([product / bare, ten / bare]).toEqual([0.5, 0.25]);
    expect(none).toEqual([]);
  });

  it('is a well-formed document even if names contain markup', () => {
    expect(svg).toContain('one &lt;endpoint&gt;');
    expect(svg.match(/<text/g)).toHaveLength(svg.match(/<\/text>/g).length);
    expect(svg.trim()).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<\/svg>$/s);
  });

  it('draws finite bars when all values are 0', () => {
    expect(barChart([{ title: 'lost', groups: [{ name: 'a', values: [0] }] }], ['product'])).not.toMatch(/NaN|Infinity/);
  });
});

describe('figure', () => {
  it('has three significant digits', () => {
    expect([12_345.6, 99.96, 1.2345, 0.01234, undefined].map(figure)).toEqual(['12,346', '100', '1.23', '0.0123', '']);
  });
});
