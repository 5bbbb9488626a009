import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

const chronicle = { projectid: 'my-project', instanceid: 'i-1', region: 'eu' };

test('every key finds its setting', async () => {
  const { settings, warnings } = await loadSidekick({ gcp: { chronicle } });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    project: 'my-project',
    region: 'eu',
    instance: 'i-1',
    logType: 'FALCO_IDS',
    format: 'falco',
  });
});

test('what would lead elsewhere turns it off', async () => {
  const { settings } = await loadSidekick({ gcp: { chronicle: { ...chronicle, region: 'a/b' } } });
  assert.equal(settings, undefined);
});
