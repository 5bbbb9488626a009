import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith } from '../../test/contract/alerts.ts';
import { loadSidekick } from '../../test/support/load-sidekick.ts';
import { annotation } from './payload.ts';

test('the annotation is the one Falcosidekick makes', async () => {
  const own = { hostport: 'https://g', apikey: 'k', dashboardid: 7, panelid: 3 };
  const { settings } = await loadSidekick({ grafana: own });
  const alert = alertWith({ output: '<b>x</b>' });
  const time = Date.parse('2026-08-11T00:04:09.137Z');
  assert.deepEqual(annotation(settings as Parameters<typeof annotation>[0], alert), {
    dashboardId: 7,
    panelId: 3,
    time,
    timeEnd: time,
    tags: ['falco', 'Warning', 'Read sensitive file untrusted', 'syscall', 'gpu-node-1'],
    text: '&lt;b&gt;x&lt;/b&gt;',
  });
  const none = await loadSidekick({ grafana: { hostport: 'https://g', apikey: 'k', panelid: 3 } });
  assert.equal(none.settings?.['panelId'], undefined);
});
