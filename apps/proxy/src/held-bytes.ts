import { Injectable } from '@nestjs/common';
import { InjectConfig } from '#ground/process/process-context';
import type { ProxyConfig } from './proxy-config.js';

/** What Node, Fastify and we keep of a request besides its body: headers of the usual size, a socket, some closures. */
const REQUEST_BYTES = 4_096;

/** How much memory the requests with a key take that are under way, with their answers; beyond a bound no more are let in. */
@Injectable()
export class HeldBytes {
  private bytes = 0;

  constructor(@InjectConfig() private readonly config: Pick<ProxyConfig, 'maxHeldBytes'>) {}

  get full(): boolean {
    return this.bytes > this.config.maxHeldBytes;
  }

  /** A request and its body, until `removeRequest`. */
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
