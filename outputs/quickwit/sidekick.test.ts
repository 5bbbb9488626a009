import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

test('the address is made of two keys, without a slash too many', async () => {
  const hostport = 'http://quickwit:7280/';
  const standard = await loadSidekick({ quickwit: { hostport } });
  assert.equal(standard.settings?.['url'], 'http://quickwit:7280/api/v1');
  const own = { hostport, apiendpoint: '/qw/api/v1/', index: 'soc', autocreateindex: true };
  const { settings } = await loadSidekick({ quickwit: own });
  const { url, index, createIndex } = settings ?? {};
  assert.deepEqual([url, index, createIndex], ['http://quickwit:7280/qw/api/v1', 'soc', true]);
});
