import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.js';
import { type Fate, NO_ANSWER, type RawResponse } from './odd-responses.js';
import type { RecordedArrival } from './receiver-messages.js';
import { type RequestHead, RequestReader } from './request-reader.js';

export type OpenArrival = { -readonly [Field in keyof RecordedArrival]: RecordedArrival[Field] };

/** Between two bytes of a response in single bytes, so that the network seldom joins them. */
const BYTE_INTERVAL_MS = 1;
const MOST_IDLE_MS = 20;
/** From the end of a response to what follows it: long enough that the network does not join them. */
const LATE_MS = 5;

/** The server, as its connections see it. */
export interface Receiver {
  arrived(head: RequestHead): OpenArrival;
  bodyCame(arrival: OpenArrival, body: string): void;
  /** The request is complete. The connection is to respond or to reset. */
  answer(connection: ReceiverConnection): void;
  /** Of the request after the one that is being answered. */
  nextFate(): Fate;
  /** A sender must not do this. */
  misused(what: string): void;
}

/** One connection: reads requests strictly, one at a time, and writes raw responses. */
export class ReceiverConnection {
  private readonly reader = new RequestReader();
  /** The request under way. */
  private arrival: OpenArrival | undefined;
  private isAnswering = false;
  private hasAnswered = false;
  private fate: Fate = 'answers';
  /** What was odd about the response after which the sender must not use the connection. */
  private endedBy: string | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly receiver: Receiver,
  ) {
    socket.setNoDelay(true);
    // "close" follows.
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('close', () => this.end());
  }

  /** Answers the request under way, unless the sender has closed the connection. */
  async respond({ bytes, late, inSingleBytes, status, oddity, closes, endsConnection }: RawResponse): Promise<void> {
    const { arrival, socket } = this;
    if (arrival === undefined) return;
    arrival.oddity = oddity;
    const writtenBefore = inSingleBytes ? bytes.length - 1 : 0;
    for (const byte of bytes.subarray(0, writtenBefore)) {
      socket.write(Buffer.of(byte));
      await delay(BYTE_INTERVAL_MS);
    }
    if (socket.destroyed) return;
    // Before the last byte leaves, because the sender may act on it at once.
    this.end();
    this.hasAnswered = true;
    this.endedBy = closes || endsConnection ? oddity : undefined;
    this.fate = late === undefined ? this.receiver.nextFate() : 'is spoilt';
    socket.write(bytes.subarray(writtenBefore), (error) => {
      if (!(error instanceof Error)) arrival.status = status;
    });
    if (late !== undefined) setTimeout(() => socket.write(late), LATE_MS);
    else if (closes) socket.end();
    else if (this.fate === 'closes idle') setTimeout(() => this.closeIdle(), Math.random() * MOST_IDLE_MS);
  }

  /** Resets the connection instead of answering. */
  reset(): void {
    if (this.arrival !== undefined) this.arrival.closedReused = this.hasAnswered;
    this.end();
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    if (this.endedBy !== undefined) return this.misuse(`a connection was used again after ${this.endedBy}`);
    if (this.isAnswering) return this.misuse('more bytes came before the answer');
    if (this.fate === 'closes unread') return this.destroy();
    try {
      for (const part of this.reader.read(chunk)) {
        if (part.kind === 'head') this.arrival = this.receiver.arrived(part.head);
        else this.complete(part.text);
      }
    } catch (error) {
      this.misuse(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }

  private complete(body: string): void {
    const { arrival, fate } = this;
    if (arrival === undefined) return;
    this.receiver.bodyCame(arrival, body);
    if (fate === 'closes read' || fate === 'is spoilt') {
      arrival.closedReused = true;
      this.end();
      if (fate === 'closes read') this.destroy();
      return;
    }
    this.isAnswering = true;
    if (fate === 'swallows') arrival.oddity = NO_ANSWER;
    else this.receiver.answer(this);
  }

  private misuse(what: string): void {
    this.receiver.misused(what);
    this.destroy();
  }

  private closeIdle(): void {
    if (this.arrival === undefined) this.destroy();
  }

  private end(): void {
    if (this.arrival !== undefined) this.arrival.endedAtMs = nowMs();
    this.arrival = undefined;
    this.isAnswering = false;
  }
}
