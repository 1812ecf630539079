/** The exponent of Zipf's law: with 1, the n-th most frequent entity gets 1/n of what the first one gets. */
const ZIPF_EXPONENT = 1;
const TYPE = 'order.created';
/** Seed of the random numbers, so that every round draws the same entities. */
const SEED = 1;

/**
 * Generates the events of a load. Each entity's events carry the numbers 0, 1, 2 … in `data.object.number`.
 * @param {object} options
 * @param {string} options.prefix of the keys
 * @param {number} options.entities
 * @param {boolean} [options.skewed] draws entities by Zipf's law; otherwise they take turns
 * @param {number} [options.types] `order.created`, or so many of its subtypes: `order.created.0` and so on; each entity has one
 * @param {number} [options.bytes] size of the body; a smaller number than the body needs is ignored
 * @param {number} [options.fields] members of `data.fields`: texts, numbers, codes and times, in turn
 * @param {number} [options.distinct] number of different events, after which the stream repeats; not with `skewed`
 * @returns {() => { key: string, body: string }} ASCII only: as many bytes as characters
 */
export function eventStream({ prefix, entities, skewed = false, types = 1, bytes = 0, fields = 0, distinct = Infinity }) {
  const pick = skewed ? zipf(entities) : undefined;
  const counts = new Map();
  const extra = fieldsOf(fields);
  let created = 0;
  return () => {
    const n = created++ % distinct;
    const entityNumber = pick === undefined ? n % entities : pick();
    const number = pick === undefined ? Math.floor(n / entities) : (counts.get(entityNumber) ?? 0);
    if (pick !== undefined) counts.set(entityNumber, number + 1);
    const key = `${prefix}-${n}`;
    return { key, body: padded(withFields(bodyOf(key, `acct_${entityNumber}`, number, types === 1 ? TYPE : `${TYPE}.${entityNumber % types}`), extra), bytes) };
  };
}

export function bodyOf(key, entity, number, type = TYPE) {
  return `{"type":"${type}","entity":"${entity}","data":{"object":{"id":"${key}","entity":"${entity}","number":${number},"email":"test@example.com","amount":1299,"currency":"usd","status":"paid"}}}`;
}

/** As JSON without the braces; empty for none. */
function fieldsOf(count) {
  const values = ['a line of text', 1299, 'paid', 'AB-1234', '2026-01-31T12:00:00Z'];
  return Array.from({ length: count }, (_, n) => `"f${n}":${JSON.stringify(values[n % values.length])}`).join(',');
}

function withFields(body, fields) {
  return fields === '' ? body : `${body.slice(0, -2)},"fields":{${fields}}}}`;
}

/** Adds a member `padding` that brings the body to the given size. */
function padded(body, bytes) {
  const missing = bytes - body.length - ',"padding":""'.length;
  return missing < 0 ? body : `${body.slice(0, -1)},"padding":"${'x'.repeat(missing)}"}`;
}

/** Draws entity numbers from 0 upwards; lower numbers are more frequent. */
function zipf(entities) {
  const sums = new Float64Array(entities);
  let sum = 0;
  for (let n = 0; n < entities; n++) sums[n] = sum += 1 / (n + 1) ** ZIPF_EXPONENT;
  const nextRandom = random(SEED);
  return () => indexAbove(sums, nextRandom() * sum);
}

/** The first index at which the ascending sums exceed the value. */
function indexAbove(sums, value) {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** mulberry32: pseudorandom numbers in [0, 1). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
