import assert from 'node:assert/strict';
import { request } from 'node:https';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { suite, test, type TestContext } from 'node:test';
import { makeAuthority } from '../../test/support/certificates.ts';
import type { Alert } from '../alert.ts';
import { createMetrics } from '../observe/metrics.ts';
import { type FalcoExporterSettings, openFalcoExporter } from './falco-exporter.ts';

const SETTINGS = { fieldLabels: [], seriesMax: 10, seriesMaxAgeMs: 3_600_000, falcoEvents: false };
const ALERT = {
  rule: 'Terminal shell in container',
  priority: 'notice',
  source: 'syscall',
  hostname: 'node-1',
  fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': 'web-1' },
  tags: ['container', 'shell'],
} as unknown as Alert;
const SERIES =
  'falco_events{rule="Terminal shell in container",priority="5",hostname="node-1",source="syscall",k8s_ns_name="shop",k8s_pod_name="web-1",tags=",container,shell,"} 1';

async function open(t: TestContext, own: Partial<FalcoExporterSettings> = {}) {
  const metrics = createMetrics({ ...SETTINGS, falcoExporter: true });
  const hub = { isReady: false };
  const log = (): void => undefined;
  const exporter = await openFalcoExporter({
    settings: { address: '127.0.0.1:0', probesAddress: '127.0.0.1:0', ...own },
    registry: metrics.exporter,
    ready: () => hub.isReady,
    log: { info: log, warn: log, error: log },
  });
  t.after(() => exporter.close());
  const { addresses } = exporter;
  const ask = (which: keyof typeof addresses, path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${addresses[which].port}${path}`, init);
  return { metrics, hub, addresses, ask };
}

suite("falco-exporter's place", () => {
  test('falco_events and nothing else, and none of it among the metrics of the hub', async (t) => {
    const { metrics, ask } = await open(t);
    metrics.falcoEvents?.(ALERT).add(1);
    const answer = await ask('metrics', '/metrics');
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const lines = (await answer.text()).trim().split('\n');
    assert.equal(lines.length, 3);
    assert.equal(lines[1], '# TYPE falco_events counter');
    assert.equal(lines[2], SERIES);
    assert.doesNotMatch(await metrics.registry.metrics(), /falco_events\{/);
    for (const path of ['/', '/metrics/', '/liveness', '/readiness']) {
      assert.equal((await ask('metrics', path)).status, 404, path);
    }
    assert.equal((await ask('metrics', '/metrics', { method: 'POST', body: 'x' })).status, 405);
  });

  test('it can be in both places, and counts once in each', async () => {
    const metrics = createMetrics({ ...SETTINGS, falcoEvents: true, falcoExporter: true });
    metrics.falcoEvents?.(ALERT).add(1);
    for (const registry of [metrics.registry, metrics.exporter, metrics.registry]) {
      assert.ok((await registry.metrics()).includes(`${SERIES}\n`));
    }
  });

  test('series are bounded', async (t) => {
    const { metrics, ask } = await open(t);
    for (let pod = 0; pod < 1000; pod += 1) {
      const fields = { 'k8s.ns.name': 'shop', 'k8s.pod.name': `web-${pod}` };
      metrics.falcoEvents?.({ ...ALERT, fields }).add(1);
    }
    const text = await (await ask('metrics', '/metrics')).text();
    assert.equal(text.match(/^falco_events\{/gm)?.length, 11);
    assert.match(text, /tags="other"\} 990/);
  });

  test('its probes: alive at once, ready when the hub is', async (t) => {
    const { hub, ask } = await open(t);
    assert.equal((await ask('probes', '/liveness')).status, 204);
    assert.equal((await ask('probes', '/readiness')).status, 404);
    hub.isReady = true;
    assert.equal((await ask('probes', '/readiness?x')).status, 204);
    assert.equal((await ask('probes', '/metrics')).status, 404);
  });

  test('with an authority it shows its metrics to who has a certificate of it, and to nobody else', async (t) => {
    const authority = makeAuthority();
    const { certFile, keyFile } = authority.issueLocalhost();
    const tls = { certFile, keyFile, clientCaFile: authority.certFile };
    const { metrics, addresses } = await open(t, { tls });
    metrics.falcoEvents?.(ALERT).add(1);
    const get = async (own: object): Promise<string> => {
      const { port } = addresses.metrics;
      const options = { host: 'localhost', port, path: '/metrics', ca: authority.cert, ...own };
      const call = request({ ...options, agent: false });
      call.end();
      const [response] = await once(call, 'response');
      return (await response.toArray()).join('');
    };
    const client = authority.issue({ name: 'prometheus', usage: 'client' });
    assert.ok((await get({ cert: client.cert, key: client.key })).includes(SERIES));
    await assert.rejects(get({}));
    const stranger = makeAuthority().issue({ name: 'prometheus', usage: 'client' });
    await assert.rejects(get({ cert: stranger.cert, key: stranger.key }));
  });

  test('an address that is taken, and files that cannot be served, are told and leave nothing open', async (t) => {
    const { addresses } = await open(t);
    const taken = `127.0.0.1:${addresses.probes.port}`;
    await assert.rejects(open(t, { probesAddress: taken }), /another process has this port/);
    const certFile = '/nowhere/cert.pem';
    await assert.rejects(open(t, { tls: { certFile, keyFile: certFile } }), /Cannot read/);
  });

  test('a request that never ends does not keep it from closing', async (t) => {
    const { addresses } = await open(t);
    const socket = createConnection({ port: addresses.metrics.port, host: '127.0.0.1' });
    t.after(() => socket.destroy());
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n');
  });
});
