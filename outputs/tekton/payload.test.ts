import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { tektonRequest } from './payload.ts';

test('a Falcosidekick configuration is kept whole', async () => {
  const url = 'http://el-falco.falco.svc:8080';
  const { settings, common, warnings } = await loadSidekick({
    tekton: { eventlistener: url, maxconcurrentrequests: 3, mutualtls: false },
  });
  assert.deepEqual([settings, warnings], [{ url }, []]);
  assert.equal(common['concurrency'], 3);
  assert.deepEqual(tektonRequest({ url }), { url });
});
