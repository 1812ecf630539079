import type { TcpProxy } from '#testing/tcp-proxy';
import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

const withLink = (change: (link: TcpProxy, amount: number) => void): FaultAction => (rig, { target, amount = 0 }) => {
  const link = rig.link(target);
  change(link, amount);
  return Promise.resolve(() => Promise.resolve(link.restore()));
};

/** All connections break, and new ones are refused. */
export const cut = withLink((link) => link.cut());

/** `amount` milliseconds. */
export const delay = withLink((link, delayMs) => link.delay(delayMs));

/** Nothing passes and nobody is told; what was sent meanwhile arrives at the end. */
export const halfOpen = withLink((link) => link.halfOpen());

export const reset: FaultAction = (rig, { target }) => {
  rig.link(target).reset();
  return Promise.resolve(nothingToEnd);
};
