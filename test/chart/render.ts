import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { type ServiceValues, startService } from '../services/service.ts';

/** The chart as Kubernetes would get it; made by helm, without a cluster. */

export const CHART = join(import.meta.dirname, '../../charts/tocsin');
const VALUES = join(import.meta.dirname, '../data/chart');
const execute = promisify(execFile);

/** An object of Kubernetes, as far as tests look at it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** A file of test/data/chart by its name, or values as such. */
export type Values = string | object;

export interface Helm {
  /** @throws Error with helm's text where it refuses. */
  objects(values: Values, options?: RenderOptions): Promise<readonly KubeObject[]>;
  /** What helm prints after an installation. */
  notes(values: Values): Promise<string>;
  lint(values: Values): Promise<void>;
  readonly service: ServiceValues;
  readonly kubeVersions: readonly string[];
}

export interface RenderOptions {
  readonly release?: string;
  readonly kubeVersion?: string;
}

/** Skips the test, and resolves to undefined, where helm is missing. */
export async function startHelm(t: TestContext): Promise<Helm | undefined> {
  const service = await startService(t, 'helm');
  if (service === undefined) return undefined;
  const directory = await mkdtemp(join(tmpdir(), 'tocsin-chart-'));
  t.after(() => rm(directory, { recursive: true }));
  const kubeVersions = (service['KUBE_VERSIONS'] ?? '').split(' ');
  const newest = kubeVersions.at(-1) ?? '';
  const run = async (values: Values, args: readonly string[]): Promise<string> => {
    const file = typeof values === 'string' ? join(VALUES, values) : join(directory, 'values.json');
    if (typeof values !== 'string') await writeFile(file, JSON.stringify(values));
    const { stdout } = await execute(service['HELM'] ?? '', [...args, '-f', file], {
      maxBuffer: 8 * 1024 * 1024,
    });
    return stdout;
  };
  return {
    service,
    kubeVersions,
    async objects(values, { release = 'hub', kubeVersion = newest } = {}) {
      const where = ['--namespace', 'falco', '--kube-version', kubeVersion];
      return objectsIn(await run(values, ['template', release, CHART, ...where]));
    },
    async notes(values) {
      // Without a cluster helm shows no notes: a copy of the chart has them as an object, too.
      const copy = join(directory, 'with-notes');
      await cp(CHART, copy, { recursive: true });
      await writeFile(join(copy, 'templates/shown.yaml'), SHOWN);
      const where = ['--show-only', 'templates/shown.yaml', '--kube-version', newest];
      const text = await run(values, ['template', 'hub', copy, ...where]);
      return (parse(text) as { readonly notes: string }).notes;
    },
    async lint(values) {
      await run(values, ['lint', '--strict', CHART, '--kube-version', newest]);
    },
  };
}

const SHOWN = `notes: |
  {{- include (print .Template.BasePath "/NOTES.txt") . | nindent 2 }}\n`;

function objectsIn(text: string): KubeObject[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents)) return [];
  const mistakes = documents.flatMap(({ errors }) => errors);
  if (mistakes[0] !== undefined) throw mistakes[0];
  return documents
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

/** @throws Error unless there is exactly one. */
export function only(objects: readonly KubeObject[], kind: string, name?: string): KubeObject {
  const [found, ...more] = objects.filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  if (found !== undefined && more.length === 0) return found;
  throw new Error(`${found === undefined ? 'no' : 'several'} ${kind} ${name ?? ''}`);
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly readinessProbe?: { readonly httpGet: { readonly path: string; readonly port: string } };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}

/** What an object says of its pods. */
export function podOf({ kind, spec }: KubeObject): PodSpec | undefined {
  if (kind === 'Pod') return spec as unknown as PodSpec;
  const template = spec?.['template'] as { readonly spec: PodSpec } | undefined;
  return template?.spec;
}

/** The hub's own container. */
export function hubOf(objects: readonly KubeObject[]): Container {
  const pods = objects.filter(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind));
  const container = pods.flatMap((object) => podOf(object)?.containers ?? [])[0];
  if (container === undefined) throw new Error('no hub');
  return container;
}

/** The configuration in the chart's Secret: the file's text, or variables. */
export function configOf(objects: readonly KubeObject[]): Readonly<Record<string, string>> {
  const secret = objects.find(
    ({ kind, metadata }) => kind === 'Secret' && metadata.name.endsWith('-config'),
  );
  return secret?.stringData ?? {};
}
