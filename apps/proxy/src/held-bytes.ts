import { Injectable } from '@nestjs/common';
import { InjectConfig } from '#ground/process/process-context';
import type { ProxyConfig } from './proxy-config.js';

/** Memory of a request besides its body: headers of usual size, a socket, some closures. */
const REQUEST_BYTES = 4_096;

/** The memory of requests with a key and of their answers. Above a limit, new ones are refused. */
@Injectable()
export class HeldBytes {
  private bytes = 0;

  constructor(@InjectConfig() private readonly config: Pick<ProxyConfig, 'maxHeldBytes'>) {}

  get full(): boolean {
    return this.bytes > this.config.maxHeldBytes;
  }

  /** Counts a request and its body, until `removeRequest`. */
  addRequest(bodyBytes: number): void {
    this.bytes += REQUEST_BYTES + bodyBytes;
  }

  removeRequest(bodyBytes: number): void {
    this.bytes -= REQUEST_BYTES + bodyBytes;
  }

  addAnswer(bytes: number): void {
    this.bytes += bytes;
  }

  removeAnswer(bytes: number): void {
    this.bytes -= bytes;
  }
}
