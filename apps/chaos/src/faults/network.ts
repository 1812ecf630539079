import type { TcpProxy } from '#dev/testing/tcp-proxy';
import { linkName } from '../topology.js';
import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

const withLink = (change: (link: TcpProxy, amount: number) => void): FaultAction => (rig, { target, amount = 0 }) => {
  const link = rig.link(target);
  change(link, amount);
  return Promise.resolve(() => Promise.resolve(link.restore()));
};

/** Breaks all connections and refuses new ones. */
export const cut = withLink((link) => link.cut());

/** Cuts a process off from Postgres and Kafka. */
export const isolate: FaultAction = (rig, { target }) => {
  const links = ['Postgres', 'Kafka'].map((server) => rig.link(linkName(target, server)));
  for (const link of links) link.cut();
  return Promise.resolve(() => {
    for (const link of links) link.restore();
    return Promise.resolve();
  });
};

/** Delays all data by `amount` milliseconds. */
export const delay = withLink((link, delayMs) => link.delay(delayMs));

/** Holds all data back without an error; it arrives when the fault ends. */
export const halfOpen = withLink((link) => link.halfOpen());

export const reset: FaultAction = (rig, { target }) => {
  rig.link(target).reset();
  return Promise.resolve(nothingToEnd);
};
