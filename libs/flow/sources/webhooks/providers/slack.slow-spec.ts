import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { itAgreesWith } from '../fixtures/oracle-suite.js';
import { installOracles } from '../fixtures/oracles.js';
import { hmacOf } from '../signatures.js';
import { slack } from './slack.js';

interface SlackPackage {
  readonly verifySlackRequest: (request: { signingSecret: string; body: string; headers: { 'x-slack-signature': string; 'x-slack-request-timestamp': number } }) => void;
}

const load = await installOracles();

if (load === undefined) {
  it.skip("slack verifies as its own package does", () => undefined);
} else {
  const { verifySlackRequest } = await load<SlackPackage>('@slack/bolt');

  describe('slack', () => {
    itAgreesWith('@slack/bolt', {
      provider: slack,
      secret: fc.stringMatching(/^[0-9a-f]{32}$/),
      // The package only verifies.
      sign: (body, secret, signedAtMs) => {
        const timestamp = String(Math.floor(signedAtMs / 1_000));
        return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${hmacOf('sha256', secret, [`v0:${timestamp}:${body}`]).toString('hex')}` };
      },
      verify: (body, headers, signingSecret) => {
        verifySlackRequest({
          signingSecret, body: body.toString(),
          headers: { 'x-slack-signature': headers['x-slack-signature'] ?? '', 'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']) },
        });
        return true;
      },
      signatureHeader: 'x-slack-signature',
      signedHeaders: ['x-slack-request-timestamp'],
      expires: true,
    });
  });
}
