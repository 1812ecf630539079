/** A compressed batch stands for more bytes than are allowed. */
export class BatchTooLargeError extends RangeError {
  constructor() {
    super('A compressed batch is too large');
  }
}
