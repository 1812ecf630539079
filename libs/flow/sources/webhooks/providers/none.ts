import { z } from 'zod';
import { isIn, parseAddress, parseNetwork } from '#ground/network/networks';
import { GENERIC, SignatureError, webhookProvider } from '../webhook-provider.js';

const network = z.string().max(64).refine((text) => parseNetwork(text) !== undefined, 'must be an address or a network such as 10.0.0.0/8');

/** Senders that prove nothing about themselves, from networks that are trusted. */
export const none = webhookProvider({
  ...GENERIC,
  name: 'none',
  settings: z.strictObject({ networks: z.array(network).min(1, 'must have at least one network').max(100).meta({ description: 'Addresses and networks that may send', example: ['10.0.0.0/8'] }) }),
  secrets: 'none',
  verifier: ({ networks: texts }) => {
    const networks = texts.map(parseNetwork).filter((each) => each !== undefined);
    return ({ remoteAddress }) => {
      const address = parseAddress(remoteAddress);
      if (address === undefined || !isIn(address, networks)) throw new SignatureError('mismatch');
    };
  },
});
