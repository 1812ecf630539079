import { describe, expect, it } from '@jest/globals';
import { type IdleSocket, SocketBudget, type SocketOwner } from './socket-budget.js';

/** An owner that opens as many sockets as it wants. */
class Owner implements SocketOwner {
  openSockets = 0;

  constructor(
    private readonly budget: SocketBudget,
    public wanted = 0,
  ) {}

  want(sockets: number): this {
    this.wanted += sockets;
    this.openWaiting();
    return this;
  }

  openWaiting(): void {
    while (this.wanted > 0 && this.budget.take(this)) {
      this.openSockets += 1;
      this.wanted -= 1;
    }
  }

  close(): void {
    this.openSockets -= 1;
    this.budget.release(this);
    this.openWaiting();
  }

  /** A socket is idle from now on. */
  rest(): void {
    const socket: IdleSocket = {
      idleUntilMs: Infinity,
      close: () => {
        this.budget.removeIdle(socket);
        this.close();
      },
    };
    this.budget.addIdle(socket);
  }
}

describe('SocketBudget', () => {
  it('closes the connection that is idle longest, whoever owns it', () => {
    const budget = new SocketBudget(3);
    const [first, second, third] = [new Owner(budget).want(1), new Owner(budget).want(2), new Owner(budget)] as const;
    second.rest();
    first.rest();
    third.want(1);
    expect([first.openSockets, second.openSockets, third.openSockets]).toEqual([1, 1, 1]);
    third.want(1);
    expect([first.openSockets, second.openSockets, third.openSockets]).toEqual([0, 1, 2]);
    third.want(1);
    expect([second.openSockets, third.openSockets, third.wanted]).toEqual([1, 2, 1]);
  });

  it('gives a socket that closes to an owner without any, before those that came earlier', () => {
    const budget = new SocketBudget(4);
    const many = new Owner(budget).want(3);
    const few = new Owner(budget).want(1);
    few.want(1);
    const none = new Owner(budget).want(1);
    many.want(5);
    many.close();
    expect([many.openSockets, few.openSockets, none.openSockets]).toEqual([2, 1, 1]);
    many.close();
    expect([many.openSockets, few.openSockets, none.openSockets]).toEqual([1, 2, 1]);
  });

  it('makes an owner yield a free connection that it has no use for, or that another one needs more', () => {
    const budget = new SocketBudget(4);
    const many = new Owner(budget).want(3);
    const few = new Owner(budget).want(1);
    expect(budget.mustYield(many, false)).toBe(false);
    few.want(1);
    expect([budget.mustYield(many, false), budget.mustYield(many, true)]).toEqual([true, true]);
    many.close();
    expect([few.openSockets, budget.mustYield(many, true)]).toEqual([2, false]);
    few.want(1);
    expect(budget.mustYield(many, true)).toBe(false);
    new Owner(budget).want(1);
    expect(budget.mustYield(few, true)).toBe(true);
  });

  it('treats an owner that lost its last socket like those that never had one', () => {
    const budget = new SocketBudget(2);
    const [first, second] = [new Owner(budget).want(1), new Owner(budget).want(1)];
    first.want(1);
    second.want(1);
    const none = new Owner(budget).want(1);
    second.close();
    // The one without a socket that came first.
    expect([first.openSockets, second.openSockets, none.openSockets]).toEqual([1, 0, 1]);
    none.close();
    expect([first.openSockets, second.openSockets]).toEqual([1, 1]);
  });
});
