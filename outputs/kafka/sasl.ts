import type { Mechanism, SASLOptions } from 'kafkajs';
import { retryError } from '../../src/output/http-error.ts';
import { excerpt } from '../../src/output/http-excerpt.ts';
import type { SaslSettings } from './settings.ts';

/** The credentials in the form kafkajs wants; it writes into them, so each client has its own. */
export function saslOptions(
  settings: SaslSettings,
  token: () => Promise<string>,
): SASLOptions | Mechanism {
  const { mechanism, username = '', password = '' } = settings;
  if (mechanism === 'oauthbearer') return bearer(token);
  // Its type wants to know which of the three.
  return { mechanism, username, password } as SASLOptions;
}

/**
 * OAUTHBEARER (RFC 7628). kafkajs has it, but takes the broker's refusal for its consent: the broker
 * says no in an ordinary answer, and expects the client to end the exchange.
 */
function bearer(token: () => Promise<string>): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: ({ saslAuthenticate }) => ({
      async authenticate() {
        const message = Buffer.from(`n,,\x01auth=Bearer ${await token()}\x01\x01`);
        const refusal = await saslAuthenticate({
          request: { encode: () => withLength(message) },
          response: {
            decode: (answer) => answer,
            parse: (answer) => answer.subarray(4).toString(),
          },
        });
        if (refusal) throw refused(refusal);
      },
    }),
  };
}

function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(message.length);
  return Buffer.concat([length, message]);
}

/** The answer is an object with `status`, often `invalid_token` (RFC 7628, 3.2.2). */
function refused(answer: string): Error {
  return retryError('network', 'auth', `the broker refuses the token: ${excerpt(answer)}`);
}
