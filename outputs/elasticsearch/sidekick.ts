import { basicAuthFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `elasticsearch.*`: the same documents in the same indices. */
export const sidekick = {
  settings: {
    nodes: { key: 'elasticsearch.hostport', convert: (url: unknown) => [url] },
    apiKey: 'elasticsearch.apikey',
    headers: 'elasticsearch.customheaders',
    index: 'elasticsearch.index',
    suffix: { key: 'elasticsearch.suffix', convert: suffixOf },
    pipeline: 'elasticsearch.pipeline',
    compress: 'elasticsearch.enablecompression',
  },
  combined: [
    basicAuthFrom('elasticsearch.username', 'elasticsearch.password'),
    {
      keys: [
        'elasticsearch.createindextemplate',
        'elasticsearch.flattenfields',
        'elasticsearch.numberofshards',
        'elasticsearch.numberofreplicas',
      ],
      settings: templateSettings,
    },
    {
      keys: [
        'elasticsearch.batching.enabled',
        'elasticsearch.batching.batchsize',
        'elasticsearch.batching.flushinterval',
      ],
      settings: batchSettings,
    },
  ],
  // Document types have gone with Elasticsearch 8.
  ignored: ['elasticsearch.type'],
};

/** Falcosidekick takes any word it does not know for `daily`. */
function suffixOf(suffix: unknown): unknown {
  return ['none', 'monthly', 'annually'].includes(String(suffix)) ? suffix : 'daily';
}

type Settings = Readonly<Record<string, unknown>>;

/** Its template is always called `falco`, and has names without dots; so have the documents then. */
function templateSettings(
  create: unknown,
  flatten: unknown,
  shards: unknown,
  replicas: unknown,
): Settings {
  if (create !== true) return { flattenFields: flatten === true };
  return {
    indexTemplate: 'falco',
    flattenFields: true,
    shards: positive(shards, 3),
    replicas: positive(replicas, 3),
  };
}

const BATCH_BYTES = 5 * 1024 * 1024;
const NS_PER_MS = 1_000_000;
const HOUR_MS = 3_600_000;

/** Alerts go in bulk requests either way; without batching none of them waits for another. */
function batchSettings(enabled: unknown, size: unknown, interval: unknown): Settings {
  if (enabled !== true) return { batch: { wait: '0' } };
  const intervalMs = Math.ceil(positive(interval, 1000 * NS_PER_MS) / NS_PER_MS);
  const waitMs = Math.min(intervalMs, HOUR_MS);
  return { batch: { bytesMax: positive(size, BATCH_BYTES), wait: `${waitMs}ms` } };
}

/** Falcosidekick takes anything below 1 for its default. */
function positive(value: unknown, standard: number): number {
  return typeof value === 'number' && value > 0 ? value : standard;
}
