import { LockstepError } from '#domain/problem';
import { type BatchItem, ItemBytes, type ItemCutter } from './item-bytes.js';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Where the next byte belongs: before the array; before its first item or `]`; before an item; in an object, array or
 * string; in a number or literal; after an item; after the array.
 */
type Place = 'before' | 'first' | 'next' | 'nested' | 'plain' | 'after' | 'end';

/**
 * Cuts a JSON array (RFC 8259) into its items. It only finds where items end, by strings and depth: each item is parsed
 * later, and a broken one fails alone. Every body that is no JSON array breaks the framing or has a broken item.
 */
export class JsonArrayItems implements ItemCutter {
  private place: Place = 'before';
  private depth = 0;
  private isInString = false;
  private isEscaped = false;
  private readonly item: ItemBytes;

  constructor(maxItemBytes: number) {
    this.item = new ItemBytes(maxItemBytes);
  }

  cut(bytes: Buffer, items: BatchItem[]): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.place === 'nested' || this.place === 'plain') {
        const end = this.place === 'nested' ? this.endOfNested(bytes, at) : endOfPlain(bytes, at);
        this.item.add(bytes, at, end < 0 ? bytes.length : end);
        if (end < 0) return;
        items.push(this.item.take());
        this.place = 'after';
        at = end;
      } else if (this.step(this.place, bytes[at])) at++;
    }
  }

  end(): void {
    if (this.place !== 'end') throw broken(this.place === 'before' ? 'the body has no JSON array' : 'the body ends within the array');
  }

  /** Handles a byte outside of an item. False if an item begins with it. */
  private step(place: Exclude<Place, 'nested' | 'plain'>, byte: number | undefined): boolean {
    if (byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB) return true;
    switch (place) {
      case 'before':
        if (byte !== OPEN_BRACKET) throw broken('the body must be a JSON array in UTF-8, and begin with `[`');
        this.place = 'first';
        return true;
      case 'after':
        if (byte === COMMA) this.place = 'next';
        else if (byte === CLOSE_BRACKET) this.place = 'end';
        else throw broken('`,` or `]` must follow an item');
        return true;
      case 'end':
        throw broken('nothing may follow the array');
      case 'first':
      case 'next':
        if (byte === CLOSE_BRACKET && place === 'first') {
          this.place = 'end';
          return true;
        }
        if (byte === COMMA || byte === CLOSE_BRACKET) throw broken('an item is missing');
        this.place = byte === OPEN_BRACE || byte === OPEN_BRACKET || byte === QUOTE ? 'nested' : 'plain';
        return false;
    }
  }

  /** Where the object, array or string ends, or −1 if it does not end here. */
  private endOfNested(bytes: Buffer, start: number): number {
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.isInString) {
        if (this.isEscaped) this.isEscaped = false;
        else if (byte === BACKSLASH) this.isEscaped = true;
        else if (byte === QUOTE) this.isInString = false;
      } else if (byte === QUOTE) this.isInString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.depth--;
      if (this.depth === 0 && !this.isInString) return at + 1;
    }
    return -1;
  }
}

/** Where the number or literal ends, or −1 if it does not end here. */
function endOfPlain(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === COMMA || byte === CLOSE_BRACKET || byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB) return at;
  }
  return -1;
}

function broken(reason: string): LockstepError {
  return new LockstepError('invalid_request', reason, { errors: [{ path: '', message: reason }] });
}
