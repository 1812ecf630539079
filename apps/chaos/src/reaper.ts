import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ReaperOrder {
  readonly kind: 'watch' | 'forget';
  readonly pid: number;
}

/** Makes sure that no process of the harness's outlives it. */
export class Reaper {
  private readonly process: ChildProcess;

  constructor() {
    this.process = fork(fileURLToPath(new URL(`./reaper-process${extname(import.meta.url)}`, import.meta.url)), { detached: true });
    this.process.unref();
    this.process.channel?.unref();
  }

  /** Until the child has ended. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.tell({ kind: 'watch', pid });
    child.once('exit', () => this.tell({ kind: 'forget', pid }));
  }

  stop(): void {
    if (this.process.connected) this.process.disconnect();
  }

  private tell(order: ReaperOrder): void {
    if (this.process.connected) this.process.send(order);
  }
}
