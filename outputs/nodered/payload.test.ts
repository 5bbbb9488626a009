import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { nodeRedRequest } from './payload.ts';
import { mistakesIn, type NodeRedSettings } from './settings.ts';

test('a header of ones own goes before the login, and half a login is none', () => {
  const settings = { url: 'http://n', headers: {}, username: 'u', password: 'p' };
  assert.deepEqual(nodeRedRequest(settings).headers, { authorization: 'Basic dTpw' });
  const { headers } = nodeRedRequest({ ...settings, headers: { Authorization: 'Bearer t' } });
  assert.deepEqual(headers, { authorization: 'Bearer t' });
  assert.deepEqual(nodeRedRequest({ url: 'http://n', headers: {}, username: 'u' }).headers, {});
});

test('mistakes are told by path', () => {
  const paths = (settings: NodeRedSettings) => mistakesIn(settings).map(({ path }) => path);
  assert.deepEqual(paths({ url: 'node-red', headers: { 'a b': 'c' } }), ['url', 'headers.a b']);
});

test('a Falcosidekick configuration is kept whole', async () => {
  const { settings, common, warnings, misconfigured } = await loadSidekick({
    nodered: {
      address: 'http://node-red:1880/falco',
      user: 'u',
      password: 'p',
      customheaders: { 'x-a': 'b' },
      checkcert: false,
      maxconcurrentrequests: 2,
    },
  });
  assert.deepEqual([warnings, misconfigured], [[], []]);
  assert.deepEqual(settings, {
    url: 'http://node-red:1880/falco',
    username: 'u',
    password: 'p',
    headers: { 'x-a': 'b' },
  });
  assert.deepEqual([common['concurrency'], common['tls']], [2, { verify: false }]);
});
