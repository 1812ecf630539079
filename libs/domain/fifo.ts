/** A first-in, first-out queue whose `shift` costs the same however long it is (an array's moves all elements). */
export class Fifo<T> {
  private items: T[] = [];
  private first = 0;

  get size(): number {
    return this.items.length - this.first;
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    const item = this.items[this.first];
    if (this.first === this.items.length) return undefined;
    this.first += 1;
    // Half of it is gone: give the memory back, at a cost that was paid for by as many shifts.
    if (this.first > 32 && this.first * 2 > this.items.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return item;
  }
}
