import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { check, settingsOf } from '../../test/contract/attempt.ts';
import jsm from './index.ts';
import { jsmAlert } from './payload.ts';
import { type JsmSettings, mistakesIn } from './settings.ts';

const site = { cloudId: 'c-1', email: 'hub@example.org', apiToken: 'planted-api-token' };

function alertOf(own: object) {
  const settings = settingsOf(jsm, own).values as unknown as JsmSettings;
  return jsmAlert(settings, deliveryOf(alertWith()));
}

test('the two interfaces get the same alert, its details under the name each knows', () => {
  const { key } = deliveryOf(alertWith());
  const integration = alertOf({ apiKey: 'planted-api-key' });
  const own = alertOf(site);
  assert.ok('details' in integration && 'extraProperties' in own);
  const { details, ...others } = integration;
  const { extraProperties, ...same } = own;
  assert.deepEqual([extraProperties, same], [details, others]);
  assert.deepEqual([same.alias, same.priority], [key, 'P4']);
  assert.equal(details['evt.time'], '1786406649137331079');
});

function mistakes(own: object): string[] {
  const values = { ...own };
  assert.deepEqual(check(jsm, values).findings, []);
  return mistakesIn(values as unknown as JsmSettings).map(({ path }) => path);
}

test('one of the two ways in must be whole', () => {
  assert.deepEqual(mistakes({}), ['apiKey']);
  assert.deepEqual(mistakes({ apiKey: 'k' }), []);
  assert.deepEqual(mistakes(site), []);
  assert.deepEqual(mistakes({ ...site, apiKey: 'k' }), ['cloudId', 'email', 'apiToken']);
  assert.deepEqual(mistakes({ cloudId: 'c' }), ['email', 'apiToken']);
  assert.deepEqual(mistakes({ apiKey: 'k', url: 'api.example.org' }), ['url']);
});
