import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { talonRequest } from './payload.ts';

test('a Falcosidekick configuration is kept whole', async () => {
  const url = 'http://falco-talon:2803';
  const { settings, common, warnings } = await loadSidekick({
    talon: { address: url, checkcert: false, minimumpriority: 'error' },
  });
  assert.deepEqual([settings, warnings], [{ url }, []]);
  assert.deepEqual([common['minimumPriority'], common['tls']], ['error', { verify: false }]);
  assert.deepEqual(talonRequest({ url }), { url });
});
