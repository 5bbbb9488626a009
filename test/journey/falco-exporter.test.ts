import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, startHub } from '../support/hub-process.ts';

test("Falco's alerts are counted where falco-exporter's scrape job and probes look", async (t) => {
  const any = '127.0.0.1:0';
  const hub = await startHub(t, {
    outputs: { out: { type: 'stdout' } },
    metrics: { falcoExporter: { address: any, probesAddress: any } },
  });
  const listening = hub.log().find(({ msg }) => msg === 'Listening.')!;
  const ask = async (which: string, path: string): Promise<Response> =>
    fetch(`http://${String(listening[which])}${path}`);
  assert.equal((await ask('falcoExporterProbes', '/readiness')).status, 204);
  const alert = {
    rule: 'R',
    priority: 'Critical',
    source: 'syscall',
    output: 'o',
    output_fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': '<NA>' },
    tags: ['a', 'b'],
    hostname: 'n',
  };
  await fetch(`${hub.origin()}/`, { method: 'POST', body: JSON.stringify(alert) });
  const text = await (await ask('falcoExporter', '/metrics')).text();
  const labels =
    'rule="R",priority="2",hostname="n",source="syscall",k8s_ns_name="shop",k8s_pod_name="<NA>",tags=",a,b,"';
  assert.ok(text.includes(`falco_events{${labels}} 1\n`), text);
  assert.doesNotMatch((await get(hub, '/metrics')).text, /^falco_events/m);
});
