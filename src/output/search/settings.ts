import { type Static, Type } from 'typebox';
import { alertFormat } from '../alert-document.ts';
import { checkHeaders, checkHttpUrl, type Mistake } from '../check.ts';
import { checkBasicAuth } from '../http-settings.ts';
import { flag, optionalText, secret, textLike } from '../settings.ts';

/** Settings of outputs to Elasticsearch and what came of it. */

/** What Elasticsearch takes for the name of an index, with room for a date behind it. */
const INDEX_NAME = '^[^-_+.A-Z\\s\\\\/*?"<>|,#:][^A-Z\\s\\\\/*?"<>|,#:]{0,199}$';

/** @param what Says what the URLs are, in a sentence. */
export function nodesSetting(what: string) {
  return Type.Array(secret({ description: 'URL of a node.' }), {
    description: `${what} When a node does not answer the next one is asked. Secret, for a password may be in them.`,
    minItems: 1,
    maxItems: 32,
  });
}

export const indexSettings = {
  index: textLike('Index, without the suffix. Counts without dataStream.', INDEX_NAME, 'falco'),
  suffix: Type.Enum(['daily', 'monthly', 'annually', 'none'], {
    description:
      'The date behind the name of the index, as in `falco-2026.11.22`, `falco-2026.11`, `falco-2026`. It is the day on which the hub took the alert in, in UTC.',
    default: 'daily',
  }),
  dataStream: Type.Optional(textLike('Data stream to write to instead of an index.', INDEX_NAME)),
  pipeline: optionalText('Ingest pipeline that alerts go through.'),
  format: alertFormat,
  flattenFields: flag(
    'Whether the dots in names of fields become `_`, as in `output_fields.proc_name`.',
    false,
  ),
  indexTemplate: Type.Optional(
    textLike(
      'Name of an index template for this index or data stream, written when there is none of that name. Absent: none is written.',
      INDEX_NAME,
    ),
  ),
  shards: Type.Optional(
    Type.Integer({
      description: 'Primary shards of an index, for the template.',
      minimum: 1,
      maximum: 1024,
    }),
  ),
  replicas: Type.Optional(
    Type.Integer({
      description: 'Replicas of each shard, for the template.',
      minimum: 0,
      maximum: 100,
    }),
  ),
  compress: flag('Whether requests are compressed (gzip).', false),
};

const indexSchema = Type.Object(indexSettings);

/** Defaults filled in. */
export interface SearchSettings extends Static<typeof indexSchema> {
  /** URLs of one cluster. */
  readonly nodes: readonly string[];
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the schema cannot say. Quotes no value. */
export function searchMistakes({
  nodes,
  headers,
  ...auth
}: Pick<SearchSettings, 'nodes' | 'headers' | 'username' | 'password'>): Mistake[] {
  return [
    ...nodes.flatMap((node, n) => checkHttpUrl(`nodes.${n}`, node)),
    ...checkBasicAuth(auth),
    ...checkHeaders('headers', headers),
  ];
}
