import type { TcpProxy } from '#dev/testing/tcp-proxy';
import { linkName } from '../topology.js';
import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

const withLink = (change: (link: TcpProxy, amount: number) => void): FaultAction => (rig, { target, amount = 0 }) => {
  const link = rig.link(target);
  change(link, amount);
  return Promise.resolve(() => Promise.resolve(link.restore()));
};

/** All connections break, and new ones are refused. */
export const cut = withLink((link) => link.cut());

/** A process has neither Postgres nor Kafka. */
export const isolate: FaultAction = (rig, { target }) => {
  const links = ['Postgres', 'Kafka'].map((server) => rig.link(linkName(target, server)));
  for (const link of links) link.cut();
  return Promise.resolve(() => {
    for (const link of links) link.restore();
    return Promise.resolve();
  });
};

/** `amount` milliseconds. */
export const delay = withLink((link, delayMs) => link.delay(delayMs));

/** Nothing passes and nobody is told; what was sent meanwhile arrives at the end. */
export const halfOpen = withLink((link) => link.halfOpen());

export const reset: FaultAction = (rig, { target }) => {
  rig.link(target).reset();
  return Promise.resolve(nothingToEnd);
};
