/** A first-in, first-out queue. `shift` takes constant time; an array's moves all elements. */
export class Fifo<T> {
  private items: T[] = [];
  private first = 0;

  get size(): number {
    return this.items.length - this.first;
  }

  /** The item that `shift` would return. */
  get next(): T | undefined {
    return this.items[this.first];
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    const item = this.items[this.first];
    if (this.first === this.items.length) return undefined;
    this.first += 1;
    // Frees the memory when half of the array is used up, so that the copy costs O(1) a shift.
    if (this.first > 32 && this.first * 2 > this.items.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return item;
  }
}
