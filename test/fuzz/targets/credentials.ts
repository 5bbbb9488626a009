import assert from 'node:assert/strict';
import type { PeerCertificate } from 'node:tls';
import { createAuthenticator } from '../../../src/ingest/auth.ts';
import { matchesAny, namesOf } from '../../../src/ingest/certificate-names.ts';
import { heldBytes } from '../memory.ts';
import { seedsOf, type Target } from '../target.ts';

/** Whoever is let in has one of these secrets, and nothing like them. */

const TOKENS = ['token-of-a', 'next-of-a', 'ŧöken of b'];
const USER = 'user:pass:word';
const PATH = 'path-token';

const NAMES = ['*.agents.example', 'spiffe://example/ns/*/agent', '10.0.0.1', '*'];
/** An operator writes it: short, with a star or two. */
const PATTERN = /^(?:[^*]*\*?){0,3}/;
const PATTERN_LENGTH_MAX = 64;

const authenticator = createAuthenticator({
  tokens: [
    { name: 'a', token: TOKENS[0]!, tokenNext: TOKENS[1] },
    { name: 'b', token: TOKENS[2]! },
  ],
  basic: [{ username: 'user', password: 'pass:word' }],
  paths: [{ name: 'p', token: PATH }],
  clientNames: NAMES,
});

export const credentials: Target = {
  name: 'credentials',
  seeds: seedsOf([
    ...TOKENS.map((token) => `Bearer ${token}`),
    `Basic ${Buffer.from(USER).toString('base64')}`,
    `bearer  ${TOKENS[0]}`,
    PATH,
    'DNS:a.agents.example, URI:spiffe://example/ns/x/agent, IP Address:10.0.0.1',
    'DNS:"a\\u002c b", email:a@b.example, othername:<unsupported>, IP Address:FE80:0:0:0:0:0:0:1',
  ]),
  words: [
    'Bearer ',
    'BASIC ',
    'Basic Og==',
    ', ',
    'DNS:',
    'URI:',
    'IP Address:',
    'DNS:"',
    '\\u0000',
    '*',
    '.agents.example',
    '::ffff:10.0.0.1',
    '=',
    '\0',
  ],
  memoryBytes: heldBytes,
  check(input) {
    const text = input.toString();
    const [, scheme = '', given = ''] = /^(\w+) (.*)$/s.exec(text) ?? [];
    const isBearer = scheme.toLowerCase() === 'bearer' && TOKENS.includes(given.trim());
    assert.equal(authenticator.bearer(text) !== undefined, isBearer, 'as a bearer');
    const user = Buffer.from(given.trim(), 'base64').toString();
    const isUser = scheme.toLowerCase() === 'basic' && user === USER;
    assert.equal(authenticator.basic(text) !== undefined, isUser, 'as a user');
    assert.equal(authenticator.path(text) !== undefined, text === PATH, 'by the path');
    const peer = { subject: {}, subjectaltname: text, serialNumber: '1' };
    authenticator.certificate(peer as unknown as PeerCertificate);
    const [pattern] = PATTERN.exec(text.slice(0, PATTERN_LENGTH_MAX))!;
    for (const name of namesOf(peer as unknown as PeerCertificate)) {
      assert.ok(text.length >= name.value.length || name.kind === 'ip', name.value);
      matchesAny(name, [...NAMES, pattern]);
    }
  },
};
