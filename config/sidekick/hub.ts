import { isIPv6 } from 'node:net';
import { templateMistake } from '../check/template.ts';
import type { Path } from '../problem.ts';
import {
  type Draft,
  isFilled,
  isSet,
  listOf,
  mapOf,
  numberOf,
  put,
  textOf,
  valueOf,
} from './draft.ts';

/** Translates what concerns Falcosidekick as a whole. */
export function translateHub(draft: Draft): void {
  if (isSet(draft, 'listenaddress') || isSet(draft, 'listenport')) {
    const address = listenHost(draft);
    const port = portOf(draft, 'listenport', 2801);
    const key = isSet(draft, 'listenport') ? 'listenport' : 'listenaddress';
    put(draft, ['ingest', 'http', 'address'], `${address}:${port}`, key);
  }
  translateTls(draft);
  for (const [key, path] of COPIED) {
    if (isFilled(valueOf(draft, key))) put(draft, path, valueOf(draft, key), key);
  }
  translateTemplates(draft);
  translateLabels(draft);
  if (valueOf(draft, 'debug') === true) put(draft, ['log', 'level'], 'debug', 'debug');
}

const COPIED: readonly (readonly [key: string, path: Path])[] = [
  ['customfields', ['normalise', 'customFields']],
  ['customtags', ['normalise', 'customTags']],
  ['bracketreplacer', ['normalise', 'bracketReplacer']],
  ['outputfieldformat', ['normalise', 'outputFieldFormat']],
  ['tlsclient.cacertfile', ['client', 'caFile']],
];

function listenHost(draft: Draft): string {
  const host = textOf(draft, 'listenaddress');
  if (host === '') return '[::]';
  if (isIPv6(host)) return `[${host}]`;
  if (/^[\w.-]+$/.test(host)) return host;
  draft.warnings.push({
    code: 'sidekick_address',
    key: 'listenaddress',
    message: 'is not an address: listening on every address',
  });
  return '[::]';
}

function portOf(draft: Draft, key: string, instead: number): number {
  const port = numberOf(draft, key);
  if (port >= 1 && port <= 65_535) return port;
  if (draft.settings.mistakes.some((mistake) => mistake.key === key)) return instead;
  const message = `is not a port: listening on ${instead}`;
  draft.warnings.push({ code: 'sidekick_port', key, message });
  return instead;
}

function translateTls(draft: Draft): void {
  const mutual = valueOf(draft, 'tlsserver.mutualtls') === true;
  if (valueOf(draft, 'tlsserver.deploy') !== true) {
    if (!mutual) return;
    draft.warnings.push({
      code: 'sidekick_tls_off',
      key: 'tlsserver.mutualtls',
      message: 'has no effect without tlsserver.deploy: everybody may send, over plain HTTP',
    });
    return;
  }
  const copyFile = (key: string, name: string): void =>
    put(draft, ['ingest', 'http', 'tls', name], valueOf(draft, key), key);
  copyFile('tlsserver.certfile', 'certFile');
  copyFile('tlsserver.keyfile', 'keyFile');
  if (mutual) copyFile('tlsserver.cacertfile', 'clientCaFile');
  const paths = plainPaths(draft);
  if (paths.length === 0) return;
  const port = portOf(draft, 'tlsserver.notlsport', 2810);
  const plain = ['ingest', 'http', 'plain'];
  put(draft, [...plain, 'address'], `${listenHost(draft)}:${port}`, 'tlsserver.notlsport');
  put(draft, [...plain, 'paths'], paths, 'tlsserver.notlspaths');
}

function plainPaths(draft: Draft): string[] {
  const key = 'tlsserver.notlspaths';
  const known = ['/', '/ping', '/healthz', '/readyz', '/test', '/metrics'];
  const [paths, others] = partition(listOf(draft, key), (path) => known.includes(path));
  if (others.length > 0) {
    const message = `names ${others.length} path(s) that do not exist`;
    const hint = `there are ${known.join(', ')}`;
    draft.warnings.push({ code: 'sidekick_entry', key, message, hint });
  }
  return paths;
}

/** A template that cannot be read is left out, as before; the alerts matter more. */
function translateTemplates(draft: Draft): void {
  const key = 'templatedfields';
  const all = Object.entries(mapOf(draft, key));
  const [good, bad] = partition(all, ([, text]) => templateMistake(text) === undefined);
  for (const [name] of bad) {
    const message = `the template of ${JSON.stringify(name)} cannot be read and is left out`;
    draft.warnings.push({ code: 'sidekick_template', key, message });
  }
  if (good.length > 0) {
    put(draft, ['normalise', 'templatedFields'], Object.fromEntries(good), key);
  }
}

const LABELS_MAX = 16;

/** Labels every series has anyway. */
const OWN_LABELS: ReadonlySet<string> = new Set([
  'hostname',
  'rule',
  'priority',
  'priority_raw',
  'source',
  'k8s_ns_name',
  'k8s_pod_name',
]);

/** Custom and templated fields become labels by themselves, as with Falcosidekick. */
function translateLabels(draft: Draft): void {
  const key = 'prometheus.extralabels';
  const fields = new Set(textOf(draft, key).replaceAll(' ', '').split(','));
  fields.delete('');
  const [good, bad] = partition([...fields], (field) => /^[a-zA-Z_:][\w:]*$/.test(labelOf(field)));
  const names = good.filter((field) => !OWN_LABELS.has(labelOf(field)));
  const dropped = [...bad, ...names.slice(LABELS_MAX)];
  if (dropped.length > 0) {
    const message = `no label for ${dropped.map((name) => JSON.stringify(name)).join(', ')}`;
    const hint = `at most ${LABELS_MAX} labels, of letters, digits, "_", ":" and "."`;
    draft.warnings.push({ code: 'sidekick_labels', key, message, hint });
  }
  if (names.length > 0) put(draft, ['metrics', 'extraLabels'], names.slice(0, LABELS_MAX), key);
}

function labelOf(field: string): string {
  return field.replaceAll('.', '_');
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
