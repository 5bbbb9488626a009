import assert from 'node:assert/strict';
import test from 'node:test';
import { check } from '../../test/contract/attempt.ts';
import cloudrun from './index.ts';
import { audienceOf } from './payload.ts';

test('a token is for the service, unless it has an audience of its own', () => {
  const url = 'https://on-alert-abc123-ew.a.run.app/alerts?x=1';
  assert.equal(audienceOf({ url }), 'https://on-alert-abc123-ew.a.run.app');
  assert.equal(audienceOf({ url, audience: 'alerts' }), 'alerts');
});

test('a token cannot end the header it stands in', () => {
  assert.equal(check(cloudrun, { url: 'https://x', token: 'a\r\nb: c' }).findings.length, 1);
});
