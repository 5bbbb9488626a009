import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

const topicarn = 'arn:aws:sns:eu-central-1:123456789012:falco';
const others = { topicArn: topicarn, preferEnvironment: true, group: 'tocsin', format: 'falco' };

test('messages are text with attributes', async () => {
  const { settings, warnings } = await loadSidekick({ aws: { sns: { topicarn } } });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, { ...others, message: 'text', attributes: true });
});

test('or JSON without', async () => {
  const { settings } = await loadSidekick({ aws: { sns: { topicarn, rawjson: true } } });
  assert.deepEqual(settings, { ...others, message: 'json', attributes: false });
});
