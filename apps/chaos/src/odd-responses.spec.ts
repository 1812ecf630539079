import { describe, expect, it } from '@jest/globals';
import { drawFate, drawResponse, ODD_RESPONSES } from './odd-responses.js';
import { Random } from './random.js';

const drawn = <T>(draw: (random: Random) => T, seed: number): T[] => {
  const random = new Random(seed);
  return Array.from({ length: 2_000 }, () => draw(random));
};

describe('odd responses', () => {
  it('are 2xx, each with a name of its own and its status in its bytes', () => {
    expect(new Set(ODD_RESPONSES.map(({ oddity }) => oddity)).size).toBe(ODD_RESPONSES.length);
    for (const { status, bytes, oddity } of ODD_RESPONSES) {
      expect({ oddity, is2xx: status >= 200 && status <= 299 }).toEqual({ oddity, is2xx: true });
      expect(bytes.toString('latin1')).toMatch(new RegExp(`HTTP/1\\.[01] ${status}`));
    }
  });

  it('close the connection when nothing else tells their end', () => {
    const endless = ODD_RESPONSES.filter(({ bytes, status }) => status !== 204 && !/^(?:content-length|transfer-encoding: chunked)/im.test(bytes.toString('latin1')));
    expect(endless.length).toBeGreaterThan(2);
    for (const { oddity, closes } of endless) expect({ oddity, closes }).toEqual({ oddity, closes: true });
  });

  it('are drawn by the seed, each within two thousand, between ordinary ones', () => {
    const responses = drawn(drawResponse, 5);
    expect(responses).toEqual(drawn(drawResponse, 5));
    expect(responses).not.toEqual(drawn(drawResponse, 6));
    expect(new Set(responses.flatMap(({ oddity }) => oddity ?? []))).toEqual(new Set(ODD_RESPONSES.map(({ oddity }) => oddity)));
    expect(responses.filter(({ oddity }) => oddity === undefined).length).toBeGreaterThan(1_400);
  });

  it('leave most connections open', () => {
    const fates = Map.groupBy(drawn(drawFate, 5), (fate) => fate);
    expect(fates.get('answers')?.length).toBeGreaterThan(1_600);
    for (const fate of ['closes unread', 'closes read', 'closes idle'] as const) expect(fates.get(fate)?.length).toBeGreaterThan(50);
    expect(fates.get('swallows')?.length).toBeLessThan(20);
  });
});
