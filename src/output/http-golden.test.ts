import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { makeAuthority } from '../../test/support/certificates.ts';
import { soon, startClient, startDestination } from '../../test/support/http-destination.ts';
import { basicAuth } from './http-url.ts';

/** The cases of Falcosidekick's HTTP client, and what becomes of an alert here. */

interface Case {
  readonly name: string;
  readonly input: string | null;
  readonly expected: string;
}

const file = new URL('../../test/data/golden/http-client.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[] };

/** Falcosidekick's error, and which way it goes on: there all but the first are the alert's end. */
const OUTCOMES: Readonly<Record<string, string>> = {
  success: 'delivered',
  'header missing (or the response body text if not empty)': 'reject/payload',
  'authentication error': 'retry/auth',
  'access denied': 'retry/auth',
  'resource not found': 'retry/client',
  'bad request': 'reject/payload',
  'exceeding post rate limit': 'retry/rateLimited',
  'bad gateway': 'retry/server',
};

async function answered(t: TestContext, status: number): Promise<string> {
  const { origin } = await startDestination(t, (response) => response.writeHead(status).end());
  const result = await startClient(t).postJson(origin, '{}', { signal: soon() });
  return result.outcome === 'delivered' ? 'delivered' : `${result.outcome}/${result.reason}`;
}

const OTHERS: Readonly<Record<string, (t: TestContext, one: Case) => Promise<void>>> = {
  'basic auth user:pass': async (_t, { expected }) => {
    assert.equal(basicAuth('user', 'pass'), expected);
    return Promise.resolve();
  },
  'bad endpoint rejected': async (t, { input }) => {
    const result = await startClient(t).postJson(input ?? '', '{}', { signal: soon() });
    // A configuration is refused before it comes to this; nothing is thrown, and nothing is lost.
    assert.deepEqual([result.outcome, 'reason' in result && result.reason], ['retry', 'client']);
  },
  'headers do not accumulate over requests': async (t) => {
    const { origin, requests } = await startDestination(t);
    const client = startClient(t);
    const headers = { 'X-Own': 'one' };
    for (let n = 0; n < 2; n += 1) await client.postJson(origin, '{}', { signal: soon(), headers });
    assert.deepEqual(
      requests.map((request) => request.headers['x-own']),
      ['one', 'one'],
    );
  },
  'mutual TLS POST': async (t) => {
    const [authority, ours] = [makeAuthority(), makeAuthority()];
    const wanted = { ...authority.issueLocalhost(), ca: ours.cert, requestCert: true };
    const { origin } = await startDestination(t, undefined, wanted);
    const { certFile, keyFile } = ours.issueLocalhost();
    const post = (own: object) =>
      startClient(t, { caFiles: [authority.certFile], ...own }).postJson(origin, '{}', {
        signal: soon(),
      });
    assert.equal((await post({ certFile, keyFile })).outcome, 'delivered');
    assert.equal((await post({})).outcome, 'retry');
  },
};

for (const one of cases) {
  const { name, expected } = one;
  test(`as Falcosidekick's client, where it does well: ${name}`, async (t) => {
    const [, status] = /^status (\d{3})$/.exec(name) ?? [];
    if (status === undefined) await OTHERS[name]?.(t, one);
    else assert.equal(await answered(t, Number(status)), OUTCOMES[expected]);
    assert.ok(status !== undefined || OTHERS[name] !== undefined, 'a case without a test');
  });
}
