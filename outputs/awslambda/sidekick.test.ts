import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('every key finds its setting', async () => {
  const { settings, warnings } = await loadSidekick({
    aws: { lambda: { functionname: 'falco', invocationtype: 'Event', logtype: 'None' } },
  });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    function: 'falco',
    preferEnvironment: true,
    invocationType: 'Event',
    format: 'falco',
  });
});

test('a dry run would tell nobody', async () => {
  const { settings, warnings } = await loadSidekick({
    aws: { lambda: { functionname: 'falco', invocationtype: 'DryRun' } },
  });
  assert.equal(settings?.['invocationType'], 'RequestResponse');
  assert.deepEqual(warnings, ['would run no function: RequestResponse is used instead']);
});
