import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { n8nRequest } from './payload.ts';
import { mistakesIn, type N8nSettings } from './settings.ts';

const url = 'https://n8n.example.org/webhook/1';

test('half a login is none', () => {
  assert.deepEqual(n8nRequest({ url, username: 'u', headerName: 'X-A' }).headers, {});
  const whole = { url, username: 'u', password: 'p', headerName: 'X-A', headerValue: 'b' };
  assert.deepEqual(n8nRequest(whole).headers, { authorization: 'Basic dTpw', 'X-A': 'b' });
});

test('mistakes are told by path', () => {
  const paths = (settings: N8nSettings) => mistakesIn(settings).map(({ path }) => path);
  assert.deepEqual(paths({ url, headerName: 'a b', headerValue: 'c' }), ['headerName']);
  assert.deepEqual(paths({ url, headerName: 'a', headerValue: 'c\nd' }), ['headerName']);
  assert.deepEqual(paths({ url: 'n8n' }), ['url']);
});

test('a Falcosidekick configuration is kept whole', async () => {
  const { settings, warnings, misconfigured } = await loadSidekick({
    n8n: { address: url, user: 'u', password: 'p', headerauthname: 'X-A', headerauthvalue: 'b' },
  });
  assert.deepEqual([warnings, misconfigured], [[], []]);
  const login = { username: 'u', password: 'p', headerName: 'X-A', headerValue: 'b' };
  assert.deepEqual(settings, { url, ...login });
});
