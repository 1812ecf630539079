/** The power of Zipf's law: the n-th most frequent entity gets 1/n of what the first one gets. */
const ZIPF_EXPONENT = 1;
/** Of the numbers that stand for chance: the same entities in every round. */
const SEED = 1;

/**
 * The events of a load, one after the other. Each entity's events carry the numbers 0, 1, 2 … in `data.object.number`.
 * @param {object} options
 * @param {string} options.prefix of the keys
 * @param {number} options.entities
 * @param {boolean} [options.skewed] by Zipf's law, else one entity after the other
 * @param {number} [options.bytes] of the whole body, at least what it takes without padding
 * @param {number} [options.distinct] so many events, then the same ones again; not with `skewed`
 * @returns {() => { key: string, body: string }} ASCII only: as many bytes as characters
 */
export function eventStream({ prefix, entities, skewed = false, bytes = 0, distinct = Infinity }) {
  const pick = skewed ? zipf(entities) : undefined;
  const counts = new Map();
  let made = 0;
  return () => {
    const n = made++ % distinct;
    const entityNumber = pick === undefined ? n % entities : pick();
    const number = pick === undefined ? Math.floor(n / entities) : (counts.get(entityNumber) ?? 0);
    if (pick !== undefined) counts.set(entityNumber, number + 1);
    const key = `${prefix}-${n}`;
    return { key, body: padded(bodyOf(key, `acct_${entityNumber}`, number), bytes) };
  };
}

export function bodyOf(key, entity, number) {
  return `{"type":"order.created","entity":"${entity}","data":{"object":{"id":"${key}","entity":"${entity}","number":${number},"email":"test@example.com","amount":1299,"currency":"usd","status":"paid"}}}`;
}

/** Fills a member `padding` up until the body has so many bytes. */
function padded(body, bytes) {
  const missing = bytes - body.length - ',"padding":""'.length;
  return missing < 0 ? body : `${body.slice(0, -1)},"padding":"${'x'.repeat(missing)}"}`;
}

/** Draws entity numbers from 0 on, the lowest most often. */
function zipf(entities) {
  const sums = new Float64Array(entities);
  let sum = 0;
  for (let n = 0; n < entities; n++) sums[n] = sum += 1 / (n + 1) ** ZIPF_EXPONENT;
  const chance = random(SEED);
  return () => indexAbove(sums, chance() * sum);
}

/** The first index at which the ascending sums are above the value. */
function indexAbove(sums, value) {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** mulberry32: numbers in [0, 1) by a seed. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
