import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { configOf, hubOf, type KubeObject, only, podOf, startHelm } from './render.ts';

/** Objects that hang together, and switches of the chart. */

const ALL = 'native-all.yaml';

interface Ports {
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

interface Policy {
  readonly ingress: readonly { readonly ports: readonly object[] }[];
}

function kindsOf(objects: readonly KubeObject[]): string[] {
  return [...new Set(objects.map(({ kind }) => kind))].toSorted();
}

test('chart: the queue is on a volume of its own, or in the pod', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const lasting = await helm.objects({
    config: { queue: { directory: '/queue' } },
    persistence: { size: '10Gi' },
    global: { storageClass: 'fast' },
  });
  const { volumeClaimTemplates } = only(lasting, 'StatefulSet').spec;
  assert.deepEqual(volumeClaimTemplates, [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'queue' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast',
        resources: { requests: { storage: '10Gi' } },
      },
    },
  ]);
  const mount = hubOf(lasting).volumeMounts?.find(({ name }) => name === 'queue');
  assert.equal(mount?.mountPath, '/queue');
  const passing = await helm.objects('ephemeral.yaml');
  assert.ok(!kindsOf(passing).includes('StatefulSet'));
  const volumes = podOf(only(passing, 'Deployment'))?.volumes ?? [];
  assert.deepEqual(volumes.find(({ name }) => name === 'queue')?.['emptyDir'], {
    sizeLimit: '512Mi',
  });
});

test("chart: falco-exporter's port is there where its place is taken", async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const portsOf = async (metrics: object): Promise<unknown[]> => {
    const objects = await helm.objects({ config: { metrics }, networkPolicy: { enabled: true } });
    const { ports } = objects.find(({ kind }) => kind === 'Service')!.spec as unknown as Ports;
    const [ingress] = (only(objects, 'NetworkPolicy').spec as unknown as Policy).ingress;
    const port = JSON.stringify({ port: 'falco-exporter', protocol: 'TCP' });
    return [
      ports.find(({ name }) => name === 'falco-exporter')?.port,
      hubOf(objects).ports?.find(({ name }) => name === 'falco-exporter')?.containerPort,
      ingress?.ports.some((one) => JSON.stringify(one) === port),
    ];
  };
  assert.deepEqual(await portsOf({ falcoExporter: {} }), [9376, 9376, true]);
  const elsewhere = { falcoExporter: { address: ':9377' } };
  assert.deepEqual(await portsOf(elsewhere), [9377, 9377, true]);
  assert.deepEqual(await portsOf({}), [undefined, undefined, false]);
});

test('chart: every switch makes its object', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const always = kindsOf(await helm.objects('default.yaml'));
  assert.deepEqual(always, [
    'ConfigMap',
    'Pod',
    'PodDisruptionBudget',
    'Secret',
    'Service',
    'ServiceAccount',
    'StatefulSet',
  ]);
  const more = kindsOf(await helm.objects(ALL)).filter((kind) => !always.includes(kind));
  assert.deepEqual(more, [
    'ClusterRole',
    'ClusterRoleBinding',
    'GrafanaDashboard',
    'HTTPRoute',
    'Ingress',
    'NetworkPolicy',
    'PodMonitor',
    'PrometheusRule',
    'Route',
    'ServiceMonitor',
    'VMServiceScrape',
    'VerticalPodAutoscaler',
  ]);
});

test('chart: with TLS probes and metrics have a port without', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects(ALL);
  const hub = hubOf(objects);
  assert.deepEqual(hub.readinessProbe?.httpGet, { path: '/readyz', port: 'http-plain' });
  const ports = hub.ports?.map(({ name, containerPort }) => `${name} ${containerPort}`);
  assert.deepEqual(ports, ['http 2801', 'grpc 9803', 'http-plain 2810']);
  const { ports: exported } = only(objects, 'Service', 'hub-falco-exporter').spec;
  assert.deepEqual(exported, [
    { name: 'metrics', port: 9376, targetPort: 'http-plain', protocol: 'TCP' },
  ]);
  const old = hubOf(await helm.objects('falcosidekick-tls.yaml'));
  assert.deepEqual(old.readinessProbe?.httpGet, { path: '/ping', port: 'http-plain' });
  assert.ok(old.ports?.some(({ containerPort }) => containerPort === 2811));
});

test('chart: the certificate that it makes is for the names of its Services', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const { data } = only(await helm.objects(ALL), 'Secret', 'hub-tocsin-tls');
  const pem = (key: string): Buffer => Buffer.from(data?.[key] ?? '', 'base64');
  const certificate = new X509Certificate(pem('tls.crt'));
  assert.ok(certificate.verify(new X509Certificate(pem('ca.crt')).publicKey));
  const hosts = ['hub-tocsin', 'hub-tocsin.falco.svc', 'falcosidekick.falco', 'hub.example.org'];
  for (const host of hosts) assert.equal(certificate.checkHost(host), host);
  for (const address of ['10.0.0.250', 'fd00::250']) {
    assert.equal(certificate.checkIP(address), address);
  }
  const { dnsNames, ipAddresses } = only(await helm.objects('ephemeral.yaml'), 'Certificate')
    .spec as { readonly dnsNames: readonly string[]; readonly ipAddresses: readonly string[] };
  assert.deepEqual([dnsNames.at(-1), ipAddresses], ['hub.example.org', ['10.0.0.9']]);
});

test('chart: the API server has an address of its own, and is told of it', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const { spec } = only(await helm.objects(ALL), 'Service', 'hub-tocsin-audit');
  assert.equal(spec['clusterIP'], '10.0.0.250');
  assert.match(await helm.notes(ALL), /https:\/\/10\.0\.0\.250:2801\/k8s-audit\/production\n/);
  const bare = { audit: { enabled: true } };
  assert.ok(!(await helm.objects(bare)).some(({ metadata }) => metadata.name.endsWith('-audit')));
  assert.match(await helm.notes(bare), /http:\/\/<an address .*>:2801\/k8s-audit\n/);
});

test('chart: who may connect: agents of any namespace by label, the API server by address', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const { ingress, egress } = only(await helm.objects(ALL), 'NetworkPolicy').spec as {
    readonly ingress: readonly { readonly from: readonly object[]; readonly ports?: object[] }[];
    readonly egress: readonly object[];
  };
  assert.deepEqual(ingress[0]?.from.slice(0, 1), [
    {
      namespaceSelector: {},
      podSelector: {
        matchExpressions: [
          {
            key: 'app.kubernetes.io/name',
            operator: 'In',
            values: ['falco', 'falcosidekick', 'tetragon', 'tracee', 'tocsin', 'prometheus'],
          },
        ],
      },
    },
  ]);
  assert.deepEqual(ingress[0]?.from.slice(1), [{ ipBlock: { cidr: '10.1.2.3/32' } }]);
  assert.equal(ingress[0]?.ports?.length, 3);
  assert.equal(egress.length, 2);
  const audit = { networkPolicy: { enabled: true }, audit: { enabled: true } };
  await assert.rejects(helm.objects(audit), /list the API server's addresses/);
});

test('chart: templates in objects of the user are filled in, in `config` they are not', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects(ALL);
  only(objects, 'ConfigMap', 'hub-more');
  only(objects, 'ConfigMap', 'hub-text');
  const text = '{{ .Release.Name }}';
  const config = { normalise: { customFields: { a: text } } };
  assert.ok(configOf(await helm.objects({ config }))['config.yaml']?.includes(text));
});

test('chart: a hub that writes reports may do so, with its token, and no other has one', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const output = { type: 'policyreport' };
  for (const values of [
    { config: { outputs: { mine: output } } },
    { config: { policyreport: { enabled: true } } },
    { existingConfigSecret: 'mine', rbac: { policyReports: true } },
  ]) {
    const objects: readonly KubeObject[] = await helm.objects(values);
    const binding = only(objects, 'ClusterRoleBinding') as unknown as {
      readonly subjects: readonly object[];
    };
    const { name } = only(objects, 'ServiceAccount').metadata;
    assert.deepEqual(binding.subjects, [{ kind: 'ServiceAccount', name, namespace: 'falco' }]);
    assert.equal(tokenOf(objects), true);
  }
  const off = await helm.objects({ config: { policyreport: { enabled: false }, slack: {} } });
  assert.ok(!kindsOf(off).includes('ClusterRole'));
  assert.equal(tokenOf(off), false);
  const without = { config: { outputs: { mine: output } }, rbac: { create: false } };
  assert.ok(!kindsOf(await helm.objects(without)).includes('ClusterRole'));
});

function tokenOf(objects: readonly KubeObject[]): unknown {
  return (podOf(only(objects, 'StatefulSet')) as { automountServiceAccountToken?: unknown })
    .automountServiceAccountToken;
}

test('chart: with old values the Service of the old name is the one that `service.type` is about', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const inner = { 'example.org/inner': 'true' };
  const service = { type: 'LoadBalancer', nodePort: 30001, annotations: inner };
  const of = async (config: object): Promise<object> => {
    const aliasService = { name: 'old' };
    const objects = await helm.objects({ config, service, aliasService });
    const seen = (name: string): unknown[] => {
      const { metadata, spec } = only(objects, 'Service', name);
      const [port] = spec['ports'] as readonly { readonly nodePort?: number }[];
      return [spec['type'], port?.nodePort, metadata.annotations];
    };
    return { old: seen('old'), new: seen('hub-tocsin') };
  };
  const scraped = { ...inner, 'prometheus.io/scrape': 'true' };
  assert.deepEqual(await of({ slack: { webhookurl: 'https://a.example/b' } }), {
    old: ['LoadBalancer', 30001, inner],
    new: ['ClusterIP', undefined, scraped],
  });
  assert.deepEqual(await of({ outputs: {} }), {
    old: ['ClusterIP', undefined, undefined],
    new: ['LoadBalancer', 30001, scraped],
  });
});
