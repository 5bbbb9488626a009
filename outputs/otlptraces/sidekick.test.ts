import assert from 'node:assert/strict';
import test from 'node:test';
import { loadSidekick } from '../../test/support/load-sidekick.ts';

const load = (traces: object) =>
  loadSidekick({ otlp: { traces: { endpoint: 'http://otel:4318', ...traces } } });

test('what nobody sets is as in Falcosidekick', async () => {
  const { settings, common, warnings } = await load({});
  assert.deepEqual(warnings, []);
  assert.deepEqual(settings, {
    url: 'http://otel:4318',
    encoding: 'protobuf',
    headers: {},
    resource: {},
    spanDuration: 1000,
  });
  assert.equal(common['timeout'], 10_000);
});

test('every key finds its setting', async () => {
  const { settings, common, warnings } = await load({
    endpoint: 'otel:4318',
    protocol: 'http/json',
    headers: 'x-key=a%20b, x-other=c=d',
    timeout: 500,
    duration: 250,
    synced: true,
    tls: true,
    checkcert: false,
    extraenvvars: {
      OTEL_SERVICE_NAME: 's',
      OTEL_RESOURCE_ATTRIBUTES: 'cluster=prod,zone=a%2Cb',
      OTEL_OTHER: 'x',
    },
  });
  assert.deepEqual(settings, {
    url: 'https://otel:4318',
    encoding: 'json',
    headers: { 'x-key': 'a b', 'x-other': 'c=d' },
    resource: { cluster: 'prod', zone: 'a,b', 'service.name': 's' },
    spanDuration: 250,
  });
  assert.equal(common['timeout'], 500);
  assert.equal((common['tls'] as { verify: boolean }).verify, false);
  assert.equal(warnings.length, 1);
});

test('without TLS where Falcosidekick spoke none, and gRPC is refused', async () => {
  const plain = await load({ endpoint: 'otel:4318', checkcert: false });
  assert.equal(plain.settings?.['url'], 'http://otel:4318');
  const { misconfigured, warnings } = await load({ protocol: 'grpc' });
  assert.equal(misconfigured.length, 1);
  assert.match(warnings.join('\n'), /OTLP over HTTP, mostly port 4318/);
});
