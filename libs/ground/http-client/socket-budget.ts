/** A connection that can be closed to make room. */
export interface IdleSocket {
  /** By `performance.now()`. It closes then at the latest. */
  readonly idleUntilMs: number;
  /** Closes it at once. Its owner then calls `release`. */
  close(): void;
}

/** What opens sockets: the connections to one endpoint. */
export interface SocketOwner {
  readonly openSockets: number;
  /** There is room again: opens sockets, with `take` for each, for what waits. */
  openWaiting(): void;
}

/** How often idle connections are checked: one timer for all of them. */
const CHECK_MS = 1_000;

/**
 * Bounds the open sockets of a process. At the bound, a new socket replaces the connection that has been idle longest,
 * whoever owns it. If none is idle, the owner waits: for the next socket that closes, or for one that another owner
 * yields. An owner without any socket comes first, so that none starves while another one holds many.
 */
export class SocketBudget {
  private open = 0;
  /** In the order in which they became idle. */
  private readonly idle = new Set<IdleSocket>();
  /** Owners that wait, in the order in which they came: those without a socket, and the others. */
  private readonly waitingForFirst = new Set<SocketOwner>();
  private readonly waiting = new Set<SocketOwner>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly limit: number) {}

  /** Counts a new socket. False: there is no room, and the owner's `openWaiting` is called when there is. */
  take(owner: SocketOwner): boolean {
    if (this.open >= this.limit) {
      const [longestIdle] = this.idle;
      // The one that closes is released at once.
      longestIdle?.close();
    }
    if (this.open >= this.limit) {
      (owner.openSockets === 0 ? this.waitingForFirst : this.waiting).add(owner);
      return false;
    }
    this.open += 1;
    return true;
  }

  /** A socket was closed. The owner no longer counts it. */
  release(owner: SocketOwner): void {
    this.open -= 1;
    if (owner.openSockets === 0 && this.waiting.delete(owner)) this.waitingForFirst.add(owner);
    this.grant();
  }

  /**
   * Whether the owner of a connection that has become free must close it, so that another owner gets its socket. An owner
   * that has a use for it keeps it, unless another one has no socket, or at least two less.
   */
  mustYield(owner: SocketOwner, hasUse: boolean): boolean {
    if (this.waitingForFirst.size === 0 && this.waiting.size === 0) return false;
    if (!hasUse || this.waitingForFirst.size > 0) return true;
    for (const other of this.waiting) return other !== owner && other.openSockets + 1 < owner.openSockets;
    return false;
  }

  /** The connection is idle: it may be closed at any time. */
  addIdle(socket: IdleSocket): void {
    this.idle.add(socket);
    this.timer ??= setInterval(() => this.closeExpired(), CHECK_MS).unref();
  }

  /** The connection is used again, or closed. */
  removeIdle(socket: IdleSocket): void {
    this.idle.delete(socket);
    if (this.idle.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** The owner needs no socket any more. */
  forget(owner: SocketOwner): void {
    this.waitingForFirst.delete(owner);
    this.waiting.delete(owner);
  }

  private grant(): void {
    while (this.open < this.limit) {
      const [next] = this.waitingForFirst.size > 0 ? this.waitingForFirst : this.waiting;
      if (next === undefined) return;
      this.forget(next);
      next.openWaiting();
    }
  }

  private closeExpired(): void {
    const nowMs = performance.now();
    for (const socket of this.idle) if (socket.idleUntilMs <= nowMs) socket.close();
  }
}
