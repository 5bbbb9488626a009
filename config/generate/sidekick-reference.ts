import { type SidekickMapping, sidekickMappings } from '../../outputs/index.ts';
import { differences } from '../sidekick/differences.ts';
import {
  type SidekickKey,
  sidekickKeys,
  type SidekickOutput,
  sidekickOutputs,
} from '../sidekick/keys.ts';
import { translateSidekick } from '../sidekick/translate.ts';
import { table } from './table.ts';

/** What becomes of Falcosidekick's configuration, key by key, as Markdown. */
export async function sidekickReference(): Promise<string> {
  const became = await translated();
  const known = sidekickOutputs.filter(({ id }) => sidekickMappings[id] !== undefined);
  const later = sidekickOutputs.filter((output) => !known.includes(output));
  const sections = new Set(sidekickOutputs.map(({ section }) => section));
  const isOfHub = (key: string): boolean => ![...sections].some((one) => belongs(key, one));
  return [
    INTRODUCTION,
    '## What changes',
    differences.map(({ text, applies }) => `- ${text}${applies ? ' †' : ''}`).join('\n'),
    '† `tocsin check` names it where it applies.',
    '## Of the hub',
    keysTable(
      [...sidekickKeys].filter(([key]) => isOfHub(key)),
      became,
    ),
    ...(await Promise.all(known.map((output) => ofOutput(output, became)))),
    ...(later.length === 0 ? [] : ['## Not available yet', LATER, laterList(later)]),
  ].join('\n\n');
}

const INTRODUCTION = `<!-- Written by \`npm run generate\` from config/sidekick/ and outputs/*/sidekick.ts: edit those. -->

# Falcosidekick's configuration

Its file and its variables are taken as they are: give them to \`tocsin\` in place of \`falcosidekick\`. \`tocsin check\` says what becomes of one configuration, \`tocsin migrate\` prints it in [Tocsin's own form](reference.md).

Every key is also a variable, in upper case with \`_\` for the dot: \`slack.webhookurl\` is \`SLACK_WEBHOOKURL\`. Variables win over the file; of a key with ‡ the variable counts only where the file has the key, too, as it does in Falcosidekick for one with §, whatever its documentation says. An output is on when all the keys that enable it are set; its name is then its type (\`outputs.slack\`).`;

const LATER =
  'A configuration that enables one of these outputs starts; `tocsin check`, the log and `tocsin_output_state` say that it is missing.';

type Became = ReadonlyMap<string, readonly string[]>;

const SAMPLES: Readonly<Record<SidekickKey['type'], unknown>> = {
  string: 'x',
  bool: true,
  int: 2,
  list: ['x'],
  map: { a: 'b' },
  duration: '3s',
};

/** Values without which a key would be refused, or not looked at. */
const TELLING: Readonly<Record<string, unknown>> = {
  listenport: 2802,
  minimumpriority: 'warning',
  notlsport: 2811,
  notlspaths: ['/ping'],
  forwarder: 'statsd:8125',
  templatedfields: { a: 'b' },
  checkcert: false,
  // Falcosidekick's numbers of priorities.
  customseveritymap: { 4: 'page' },
  timeout: 5000,
  extraenvvars: { OTEL_SERVICE_NAME: 'falco' },
};

/** Which settings each key was seen to fill in, all keys being set. */
async function translated(): Promise<Became> {
  const became = new Map<string, Set<string>>();
  for (const mutualtls of [true, false]) {
    const samples = sampleOf({ ...SAMPLES, bool: mutualtls }, { ...TELLING, mutualtls });
    const yaml = Object.fromEntries([...sidekickKeys].map(samples));
    const { keys } = await translateSidekick({ yaml, env: {} });
    for (const [path, key] of keys) {
      const setting = settingOf(key, JSON.parse(path) as string[]);
      became.set(key, (became.get(key) ?? new Set()).add(setting));
    }
  }
  return new Map([...became].map(([key, settings]) => [key, [...settings]]));
}

/** What is Falcosidekick's for all outputs is each output's own here. */
function settingOf(key: string, path: readonly string[]): string {
  const own = sidekickOutputs.find(({ section }) => belongs(key, section));
  const isShared = path[0] === 'outputs' && path[1] !== own?.id;
  return isShared ? `outputs.*.${path.slice(2).join('.')}` : path.join('.');
}

function sampleOf(samples: typeof SAMPLES, telling: Readonly<Record<string, unknown>>) {
  return ([key, { type }]: [string, SidekickKey]): [string, unknown] => [
    key,
    telling[key.split('.').at(-1) ?? key] ?? samples[type],
  ];
}

function belongs(key: string, section: string): boolean {
  return key.startsWith(`${section}.`);
}

async function ofOutput(output: SidekickOutput, became: Became): Promise<string> {
  const { id, title, section, enabledBy } = output;
  const mapping = await sidekickMappings[id]!();
  const keys = [...sidekickKeys].filter(([key]) => belongs(key, section));
  const enabling = enabledBy.map((key) => `\`${key}\``).join(' and ');
  return [
    `## ${title}`,
    `On when ${enabling} ${enabledBy.length === 1 ? 'is' : 'are'} set.`,
    keysTable(keys, withMapping(became, id, mapping), inWords(mapping, section)),
  ].join('\n\n');
}

/** Of keys that make settings of an output together, each made all of them. */
function withMapping(became: Became, id: string, { combined = [] }: SidekickMapping): Became {
  const groups = combined.flatMap(({ keys }) => {
    const settings = keys
      .flatMap((key) => became.get(key) ?? [])
      .filter((setting) => setting.startsWith(`outputs.${id}.`));
    return keys.map((key) => [key, [...new Set(settings)]] as const);
  });
  return new Map([...became, ...groups]);
}

function inWords(mapping: SidekickMapping, section: string): Readonly<Record<string, string>> {
  const ignored = (mapping.ignored ?? []).map((key) => [
    key,
    'nothing: it has no meaning any more',
  ]);
  const withoutTls = ['checkcert', 'mutualtls'].map((key) => [
    `${section}.${key}`,
    'nothing, as before: Falcosidekick does not heed it either',
  ]);
  return Object.fromEntries([...ignored, ...(mapping.tls === false ? withoutTls : [])]);
}

function keysTable(
  keys: readonly [string, SidekickKey][],
  became: Became,
  words: Readonly<Record<string, string>> = {},
): string {
  const rows = keys.map(([key, { type, binding, default: normal }]) => [
    `\`${key}\`${MARKS[binding ?? 'custom']}`,
    type,
    defaultText(normal),
    became.has(key) ? meaningOf(key, became) : (words[key] ?? meaningOf(key, became)),
  ]);
  return table(['Key', 'Type', 'Default', 'Becomes'], rows);
}

const MARKS = { 'yaml-only': ' ‡', documented: ' §', custom: '' } as const;

function defaultText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return ['', '[]', '{}'].includes(text) ? '' : `\`${text}\``;
}

/** @throws Error for a key of which nobody has said what it becomes. */
function meaningOf(key: string, became: Became): string {
  const settings = became.get(key);
  if (settings !== undefined) return settings.map((setting) => `\`${setting}\``).join(', ');
  const words = Object.entries(IN_WORDS).find(([ending]) => `.${key}`.endsWith(`.${ending}`));
  if (words === undefined) {
    throw new Error(`Nothing says what Falcosidekick's key ${key} becomes: see IN_WORDS.`);
  }
  return words[1];
}

const IN_WORDS: Readonly<Record<string, string>> = {
  listenaddress: '`ingest.http.address`, with `listenport`',
  mutualtlsfilespath:
    "where the outputs' `tls.certFile`, `tls.keyFile` and `tls.caFile` are, unless named one by one",
  'tlsserver.deploy': 'whether there is `ingest.http.tls`',
  'tlsserver.mutualtls': 'whether there is `ingest.http.tls.clientCaFile`',
  mutualtls: 'whether the output has `tls.certFile`, `tls.keyFile` and `tls.caFile`',
  'statsd.tags': 'nothing: StatsD has no tags',
  'aws.region': '`outputs.*.region`',
  'aws.secretaccesskey': '`outputs.*.secretAccessKey`, with `aws.accesskeyid`',
  'aws.rolearn': 'nothing, as in Falcosidekick; in the own form `roleArn` assumes a role',
  'aws.externalid':
    'nothing, as in Falcosidekick; in the own form `externalId` goes with `roleArn`',
  'aws.checkidentity': 'nothing: that credentials are wrong shows at the first alert, which waits',
  'gcp.workloadidentity':
    'nothing: without `gcp.credentials` tokens come from the metadata server, by workload identity, too',
};

function laterList(later: readonly SidekickOutput[]): string {
  return later
    .map(({ title, enabledBy }) => `- ${title} (\`${enabledBy.join('`, `')}\`)`)
    .join('\n');
}
