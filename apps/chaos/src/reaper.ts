import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ReaperCommand {
  readonly kind: 'watch' | 'forget';
  readonly pid: number;
}

/** Ensures that no child process outlives the harness. */
export class Reaper {
  private readonly process: ChildProcess;

  constructor() {
    this.process = fork(fileURLToPath(new URL(`./reaper-process${extname(import.meta.url)}`, import.meta.url)), { detached: true });
    this.process.unref();
    this.process.channel?.unref();
  }

  /** Guards the child until it exits. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.send({ kind: 'watch', pid });
    child.once('exit', () => this.send({ kind: 'forget', pid }));
  }

  stop(): void {
    if (this.process.connected) this.process.disconnect();
  }

  private send(command: ReaperCommand): void {
    if (this.process.connected) this.process.send(command);
  }
}
