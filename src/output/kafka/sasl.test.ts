import assert from 'node:assert/strict';
import test from 'node:test';
import { checkSasl, type SaslLogin } from './sasl.ts';

const user = { username: 'u', password: 'planted-password' };
const client = { tokenUrl: 'https://idp/token', clientId: 'c', clientSecret: 'planted-secret' };

const LOGINS: readonly (readonly [what: string, login: SaslLogin, mistaken: string[]])[] = [
  ['a password', { mechanism: 'scram-sha-512', ...user }, []],
  ['no password', { mechanism: 'plain', username: 'u' }, ['password']],
  ['a token', { mechanism: 'oauthbearer', token: 'abc.def.' }, []],
  ['a client', { mechanism: 'oauthbearer', ...client, scope: 's' }, []],
  ['nothing to show', { mechanism: 'oauthbearer' }, ['tokenUrl', 'clientId', 'clientSecret']],
  [
    'a password for tokens',
    { mechanism: 'oauthbearer', token: 'abc', ...user },
    ['username', 'password'],
  ],
  [
    'a token for passwords',
    { mechanism: 'plain', ...user, token: 'abc', scope: 's' },
    ['token', 'scope'],
  ],
  [
    'a token and a client',
    { mechanism: 'oauthbearer', token: 'abc', ...client },
    ['tokenUrl', 'clientId', 'clientSecret'],
  ],
  [
    'a token that says more',
    { mechanism: 'oauthbearer', token: 'abc\u0001extension=x' },
    ['token'],
  ],
  [
    'a token endpoint that is none',
    { mechanism: 'oauthbearer', ...client, tokenUrl: 'idp/token' },
    ['tokenUrl'],
  ],
];

for (const [what, login, mistaken] of LOGINS) {
  test(`${what}: ${mistaken.length === 0 ? 'allowed' : 'refused'}`, () => {
    const mistakes = checkSasl('sasl', login);
    assert.deepEqual(
      mistakes.map(({ path }) => path),
      mistaken.map((name) => `sasl.${name}`),
    );
    assert.doesNotMatch(JSON.stringify(mistakes), /planted/);
  });
}
