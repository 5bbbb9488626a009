import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('every key finds its setting, and the stream keeps its name', async () => {
  const { settings, warnings } = await loadSidekick({
    aws: { cloudwatchlogs: { loggroup: '/falco' } },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    logGroup: '/falco',
    logStream: 'falcosidekick-logstream',
    preferEnvironment: true,
    format: 'falco',
  });
});
