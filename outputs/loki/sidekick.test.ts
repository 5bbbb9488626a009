import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

const LABELS = ['rule', 'source', 'priority', 'k8s.ns.name', 'k8s.pod.name', 'hostname', 'tags'];

test('what nobody sets is as in Falcosidekick', async () => {
  const { settings, warnings } = await loadSidekick({ loki: { hostport: 'http://loki:3100' } });
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    url: 'http://loki:3100/loki/api/v1/push',
    headers: {},
    encoding: 'json',
    format: 'text',
    labels: LABELS,
    streamsMax: 1000,
  });
});

test('every key finds its setting', async () => {
  const { settings, common } = await loadSidekick({
    loki: {
      hostport: 'https://loki',
      endpoint: '/api/prom/push',
      user: 'u',
      apikey: 'k',
      tenant: 't',
      format: 'json',
      extralabels: 'proc.name, tags,k8s_ns_name',
      customheaders: { 'x-a': 'b' },
      checkcert: false,
    },
    customfields: { cluster: 'prod' },
    templatedfields: { where: '{{ .Hostname }}' },
  });
  assert.deepEqual(settings, {
    url: 'https://loki/api/prom/push',
    username: 'u',
    password: 'k',
    tenant: 't',
    headers: { 'x-a': 'b' },
    encoding: 'json',
    format: 'falco',
    labels: [...LABELS, 'proc.name', 'cluster', 'where'],
    streamsMax: 1000,
  });
  assert.equal((common['tls'] as { verify: boolean }).verify, false);
});

test('a user without a password does not count, as before', async () => {
  const { settings } = await loadSidekick({ loki: { hostport: 'http://loki', user: 'u' } });
  assert.equal(settings?.['username'], undefined);
});

test('there are never more labels than Loki takes', async () => {
  const extralabels = Array.from({ length: 20 }, (_, n) => `field.${n}`).join();
  const { settings } = await loadSidekick({ loki: { hostport: 'http://loki', extralabels } });
  const { labels = [] } = settings as { labels?: string[] };
  assert.equal(labels.length, 15);
});
