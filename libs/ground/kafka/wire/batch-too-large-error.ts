/** A batch stands for more than is allowed. */
export class BatchTooLargeError extends RangeError {
  constructor(message = 'A compressed batch is too large') {
    super(message);
  }
}
