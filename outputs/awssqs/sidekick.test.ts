import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('every key finds its setting', async () => {
  const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/falco';
  const { settings, warnings } = await loadSidekick({ aws: { sqs: { url } } });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, { url, preferEnvironment: true, group: 'tocsin', format: 'falco' });
});
