import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../config/load.ts';
import { writePem } from '../support/certificates.ts';
import { breachesOfRestricted } from './pod-security.ts';
import { type Helm, type KubeObject, only, podOf, type PodSpec, startHelm } from './render.ts';

/** The agents on the nodes, and the ports of the hub for syslog. */

const AGENT = 'agent.yaml';

function agentOf(objects: readonly KubeObject[]): PodSpec {
  const pod = podOf(only(objects, 'DaemonSet', 'hub-tocsin-agent'));
  assert.ok(pod);
  return pod;
}

/** What the chart refuses at least, and then takes. */
const PLAIN = { config: { ingest: { grpc: {} } }, agent: { enabled: true } };

async function withAgent(helm: Helm, agent: object): Promise<readonly KubeObject[]> {
  const hub = { plaintext: true };
  return helm.objects({ ...PLAIN, agent: { enabled: true, hub, ...agent } });
}

test('chart: the agent has a configuration that the hub takes, with its inputs and one way out', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const secret = only(await helm.objects(AGENT), 'Secret', 'hub-tocsin-agent');
  const token = writePem('token', 'a-token-of-the-agents');
  const text = (secret.stringData?.['config.yaml'] ?? '').replaceAll(
    '/run/secrets/hub-token/token',
    token,
  );
  const env = { NODE_NAME: 'node-1' };
  const loaded = await loadConfig({ text, env, baseDirectory: '/etc/tocsin', flags: {} });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  assert.deepEqual(loaded.warnings, []);
  const { config, outputs } = loaded;
  assert.deepEqual(Object.keys(config.inputs.file), ['audit', 'falco']);
  assert.equal(config.inputs.file['audit']?.hostname, 'node-1');
  assert.equal(config.queue.whenFull, 'reject');
  assert.equal(config.ingest.http.auth.tokens.length, 1);
  const [hub, ...more] = outputs;
  assert.deepEqual([hub?.name, more.length], ['hub', 0]);
  for (const line of [
    'address: hub-tocsin.falco.svc:2803',
    'caFile: /run/secrets/hub-ca/ca.crt',
    'minimumPriority: notice',
  ]) {
    assert.ok(text.includes(line), line);
  }
});

test('chart: the agent breaks the restricted profile by its volumes, and by what prepares one', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const paths = 'volume of kind hostPath';
  const breaches = breachesOfRestricted(agentOf(await helm.objects(AGENT)));
  const prepares = ['queue: runAsNonRoot', 'queue: runs as root', 'queue: capabilities added'];
  assert.deepEqual(breaches, [paths, paths, paths, paths, ...prepares]);
  const least = agentOf(await withAgent(helm, { queue: { hostPath: '' } }));
  assert.deepEqual(breachesOfRestricted(least), [paths, paths]);
  const mine = agentOf(await withAgent(helm, { queue: { prepare: false } }));
  assert.deepEqual(breachesOfRestricted(mine), [paths, paths, paths]);
});

test('chart: all an agent has of the host is read-only but its queue, and every mount has a volume', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const pod = agentOf(await helm.objects(AGENT));
  const volumes = new Map(pod.volumes?.map((volume) => [volume['name'], volume]));
  const mounts = (pod.containers[0]?.volumeMounts ?? []) as readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
  for (const { name } of mounts) assert.ok(volumes.has(name), name);
  const writable = mounts.filter(({ readOnly }) => readOnly !== true);
  assert.deepEqual(
    writable.map(({ name, mountPath }) => [name, mountPath]),
    [
      ['queue', '/var/lib/tocsin'],
      ['tmp', '/tmp'],
    ],
  );
  const { tolerations, nodeSelector } = pod as unknown as Record<string, unknown>;
  assert.deepEqual(tolerations, [{ operator: 'Exists' }]);
  assert.deepEqual(nodeSelector, { 'kubernetes.io/os': 'linux' });
});

test('chart: an agent is none of the hub’s pods, and goes to the hub only', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects(AGENT);
  const { template } = only(objects, 'DaemonSet').spec as {
    readonly template: { readonly metadata: KubeObject['metadata'] };
  };
  const { labels } = template.metadata;
  const selects = (selector: Readonly<Record<string, string>>): boolean =>
    Object.entries(selector).every(([label, value]) => labels[label] === value);
  for (const { spec } of objects.filter(({ kind }) => kind === 'Service')) {
    assert.ok(!selects(spec['selector'] as Record<string, string>));
  }
  const { podSelector, egress } = only(objects, 'NetworkPolicy', 'hub-tocsin-agent').spec as {
    readonly podSelector: { readonly matchLabels: Record<string, string> };
    readonly egress: readonly { readonly ports: readonly object[] }[];
  };
  assert.ok(selects(podSelector.matchLabels));
  assert.deepEqual(egress.at(-1)?.ports, [{ port: 'grpc', protocol: 'TCP' }]);
  const address = 'hub.example.org:443';
  const elsewhere = await helm.objects({
    networkPolicy: { enabled: true },
    agent: { enabled: true, hub: { address, certificateSecret: 'mine', caSecret: 'theirs' } },
  });
  const policy = JSON.stringify(only(elsewhere, 'NetworkPolicy', 'hub-tocsin-agent').spec);
  assert.match(policy, /"egress":.*\{"ports":\[\{"port":443,"protocol":"TCP"\}\]\}/);
  const { stringData = {} } = only(elsewhere, 'Secret', 'hub-tocsin-agent');
  assert.match(stringData['config.yaml'] ?? '', /certFile: \/run\/secrets\/hub-certificate\//);
});

test('chart: an agent without a hub that takes its alerts is refused, with what to do', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  await assert.rejects(helm.objects({ agent: { enabled: true } }), /set config\.ingest\.grpc/);
  await assert.rejects(helm.objects(PLAIN), /has no tls: set it, or agent\.hub\.plaintext=true/);
  const tls = { certFile: '/a', keyFile: '/b' };
  const secure = { config: { ingest: { grpc: { tls } } } };
  const plain = { enabled: true, hub: { plaintext: true } };
  await assert.rejects(helm.objects({ ...secure, agent: plain }), /which the agent must speak/);
  const wrong = { enabled: true, config: { inptus: {} } };
  await assert.rejects(helm.objects({ agent: wrong }), /inptus/);
});

test('chart: NOTES say what a namespace must allow, and what is weak about agents', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const notes = await helm.notes(AGENT);
  assert.match(notes, /sends to\nhub-tocsin\..*\.svc:2803\./);
  assert.match(notes, /pod-security\.kubernetes\.io\/enforce=privileged/);
  assert.match(notes, /Syslog comes to the same name: 1514\/tcp 6514\/tls 5514\/udp/);
  assert.doesNotMatch(notes, /agents prove nothing|ends with its pod|can be read on the way/);
  const agent = { enabled: true, hub: { plaintext: true }, queue: { hostPath: '' } };
  const weak = await helm.notes({ ...PLAIN, agent });
  assert.match(weak, /ends with its pod[^]*agents prove nothing[^]*can be read on the way/);
});

test('chart: syslog has its ports in container, Service and NetworkPolicy', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const objects = await helm.objects(AGENT);
  const ofSyslog = (ports: unknown): object[] =>
    (ports as { name?: string; port?: string | number }[]).filter(({ name, port }) =>
      String(name ?? port).startsWith('syslog-'),
    );
  const named = (name: string, port: number, protocol: string) => ({ name, port, protocol });
  const wanted = [
    named('syslog-tcp', 1514, 'TCP'),
    named('syslog-tls', 6514, 'TCP'),
    named('syslog-udp', 5514, 'UDP'),
  ];
  const [container] = podOf(only(objects, 'StatefulSet'))?.containers ?? [];
  assert.deepEqual(
    ofSyslog(container?.ports),
    wanted.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol })),
  );
  assert.deepEqual(
    ofSyslog(only(objects, 'Service', 'hub-tocsin').spec['ports']),
    wanted.map((one) => ({ ...one, targetPort: one.name })),
  );
  const { ingress } = only(objects, 'NetworkPolicy', 'hub-tocsin').spec as {
    readonly ingress: readonly { readonly ports: unknown }[];
  };
  assert.deepEqual(
    ofSyslog(ingress[0]?.ports),
    wanted.map(({ name, protocol }) => ({ port: name, protocol })),
  );
});

test('chart: agents restart for a changed configuration where that is asked for', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const of = async (restartOnConfigChange: boolean, bytesMax: string): Promise<unknown> => {
    const hub = { plaintext: true };
    const agent = { enabled: true, hub, config: { queue: { bytesMax } } };
    const set = only(await helm.objects({ ...PLAIN, restartOnConfigChange, agent }), 'DaemonSet');
    const { template } = set.spec as { readonly template: KubeObject };
    return template.metadata.annotations?.['checksum/config'];
  };
  assert.equal(await of(false, '128MiB'), undefined);
  assert.equal(await of(true, '128MiB'), await of(true, '128MiB'));
  assert.notEqual(await of(true, '128MiB'), await of(true, '64MiB'));
});
