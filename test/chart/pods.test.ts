import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { CHART, type Container, hubOf, only, podOf, type PodSpec, startHelm } from './render.ts';

/** How pods end and where they run; and that each value a template asks for is described. */

interface Ending extends PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly affinity?: Readonly<Record<string, unknown>>;
}

/** The hook of a container before SIGTERM. */
function preStopOf(container: Container | undefined): unknown {
  const { lifecycle } = container as { readonly lifecycle?: { readonly preStop?: unknown } };
  return lifecycle?.preStop;
}

const drains = (seconds: number, directory = '/var/lib/tocsin'): object => ({
  exec: {
    command: [
      '/app/falcosidekick',
      'drain',
      '--timeout',
      `${seconds}s`,
      '--queue-directory',
      directory,
    ],
  },
});

test('chart: a queue that ends with its pod is drained before, and gets the time for it', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const of = async (values: object): Promise<[unknown, number]> => {
    const objects = await helm.objects(values);
    const workload = objects.find(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind))!;
    const { terminationGracePeriodSeconds } = podOf(workload) as Ending;
    return [preStopOf(hubOf(objects)), terminationGracePeriodSeconds];
  };
  assert.deepEqual(await of({}), [undefined, 30]);
  assert.deepEqual(await of({ persistence: { enabled: false } }), [drains(60), 90]);
  const directory = { config: { queue: { directory: '/q' } } };
  const longer = { persistence: { enabled: false, drainSeconds: 300 } };
  assert.deepEqual(await of({ ...directory, ...longer }), [drains(300, '/q'), 330]);
  assert.deepEqual(await of({ persistence: { enabled: false, drainSeconds: 0 } }), [undefined, 30]);
  const preStop = { httpGet: { path: '/ping', port: 'http' } };
  const own = { lifecycle: { preStop }, persistence: { enabled: false } };
  assert.deepEqual(await of(own), [preStop, 30]);
});

test('chart: so does an agent on an emptyDir', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const of = async (queue: object): Promise<[unknown, number]> => {
    const agent = { enabled: true, hub: { plaintext: true }, queue };
    const config = { ingest: { grpc: {} } };
    const pod = podOf(only(await helm.objects({ config, agent }), 'DaemonSet')) as Ending;
    return [preStopOf(pod.containers[0]), pod.terminationGracePeriodSeconds];
  };
  assert.deepEqual(await of({}), [undefined, 30]);
  assert.deepEqual(await of({ hostPath: '' }), [drains(60), 90]);
});

test('chart: pods keep apart where they can, or always, or as `affinity` says', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const of = async (values: object): Promise<unknown> =>
    (podOf(only(await helm.objects(values), 'StatefulSet')) as Ending).affinity;
  assert.equal(await of({}), undefined);
  const hard = JSON.stringify(await of({ podAntiAffinity: 'hard' }));
  assert.match(hard, /^\{"podAntiAffinity":\{"required.*"kubernetes\.io\/hostname"\}\]\}\}$/);
  const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [] };
  const soft = await of({ podAntiAffinity: 'soft', affinity: { nodeAffinity } });
  assert.match(JSON.stringify(soft), /^\{"nodeAffinity".*"podAntiAffinity":\{"preferred/);
  const own = { podAntiAffinity: {} };
  assert.deepEqual(await of({ podAntiAffinity: 'soft', affinity: own }), own);
  await assert.rejects(helm.objects({ podAntiAffinity: 'firm' }), /write soft, hard, or nothing/);
});

test('chart: `helm test` proves who it is, and knows the hub', async (t) => {
  const helm = await startHelm(t);
  if (helm === undefined) return;
  const [sender] = podOf(only(await helm.objects('native-all.yaml'), 'Pod'))?.containers ?? [];
  const trusts = ['--ca-file', '/tls/ca.crt', '--token-file', '/token/token'];
  const url = ['--url', 'https://hub-tocsin:2801/'];
  assert.deepEqual(sender?.args, ['send', '/alerts/alert.json', ...url, ...trusts]);
  const mounts = sender?.volumeMounts?.map(({ mountPath }) => mountPath);
  assert.deepEqual(mounts, ['/alerts', '/tmp', '/tls', '/token']);
  const [plain] = podOf(only(await helm.objects({}), 'Pod'))?.containers ?? [];
  assert.equal(plain?.args?.at(-1), 'http://hub-tocsin:2801/');
});

test('chart: each value that a template asks for stands in values.yaml', () => {
  const values: unknown = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'));
  const folder = join(CHART, 'templates');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((name) => /\.(?:yaml|tpl|txt)$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const asked = texts.flatMap((text) => [...text.matchAll(/\.Values\.([\w.]*\w)/g)]);
  const paths = [...new Set(asked.map(([, path = '']) => path))];
  assert.ok(paths.length > 50);
  const missing = paths.filter((path) => !stands(values, path.split('.')));
  assert.deepEqual(missing, []);
});

/** An empty map is the user's to fill. */
function stands(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  if (Object.keys(value).length === 0) return true;
  return key in value && stands((value as Record<string, unknown>)[key], rest);
}
