import type { Mechanism, SASLOptions } from 'kafkajs';
import { type Static, Type } from 'typebox';
import { checkHttpUrl, type Mistake } from '../check.ts';
import { retryError } from '../http-error.ts';
import { excerpt } from '../http-excerpt.ts';
import { isToken } from '../oauth.ts';
import { optionalSecret, optionalText } from '../settings.ts';

/** Who a hub is to brokers that ask (SASL): its settings, and how it is proven. */

export const saslLogin = Type.Object(
  {
    mechanism: Type.Enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], {
      description: 'How to prove it.',
    }),
    username: optionalText('All but oauthbearer: the user.'),
    password: optionalSecret('All but oauthbearer: the password.'),
    token: optionalSecret('oauthbearer: the token itself, where something else renews it.'),
    tokenUrl: optionalText('oauthbearer: where to get tokens with clientId and clientSecret.'),
    clientId: optionalText('oauthbearer: who asks for a token.'),
    clientSecret: optionalSecret('oauthbearer: the secret of clientId.'),
    scope: optionalText('oauthbearer: what the token is asked for.'),
  },
  { additionalProperties: false, description: 'Who this hub is. Absent: brokers do not ask.' },
);

export type SaslLogin = Static<typeof saslLogin>;
type Name = keyof SaslLogin;

const USER: readonly Name[] = ['username', 'password'];
const CLIENT: readonly Name[] = ['tokenUrl', 'clientId', 'clientSecret'];
const BEARER: readonly Name[] = ['token', ...CLIENT, 'scope'];

/** What the schema cannot say of a login. Quotes no value. */
export function checkSasl(path: string, login: SaslLogin): Mistake[] {
  const { mechanism, token, tokenUrl } = login;
  const given = (names: readonly Name[]) => names.filter((name) => login[name] !== undefined);
  const missing = (names: readonly Name[]) => names.filter((name) => login[name] === undefined);
  const say = (names: readonly Name[], message: string): Mistake[] =>
    names.map((name) => ({ path: `${path}.${name}`, message }));

  const isMissing = `is missing for ${mechanism}`;
  const isOfAnother = `has no use with ${mechanism}: remove it`;
  if (mechanism !== 'oauthbearer') {
    return [...say(given(BEARER), isOfAnother), ...say(missing(USER), isMissing)];
  }
  const mistakes = say(given(USER), isOfAnother);
  if (token === undefined) {
    mistakes.push(
      ...checkHttpUrl(`${path}.tokenUrl`, tokenUrl),
      ...say(missing(CLIENT), isMissing),
    );
    return mistakes;
  }
  mistakes.push(...say(given(CLIENT), 'has no use beside token: remove one of them'));
  if (!isToken(token)) mistakes.push(...say(['token'], 'has a character that no bearer token has'));
  return mistakes;
}

/** The login in the form kafkajs wants; it writes into it, so each client has its own. */
export function saslOptions(
  { mechanism, username = '', password = '' }: SaslLogin,
  token: () => Promise<string>,
): SASLOptions | Mechanism {
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
