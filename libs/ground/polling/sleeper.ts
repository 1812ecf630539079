/** A sleep that can be cut short. Only one at a time. */
export class Sleeper {
  private wakeUp: (() => void) | undefined;

  /** Resolves after `ms` milliseconds, or earlier when `wake` is called. */
  async sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.wakeUp = resolve;
    await promise;
    clearTimeout(timer);
    this.wakeUp = undefined;
  }

  /** Ends the sleep, if there is one now. It has no effect on later ones. */
  wake(): void {
    this.wakeUp?.();
  }
}
