import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ElasticsearchSettings } from '../../outputs/elasticsearch/settings.ts';
import elasticsearch from '../../outputs/elasticsearch/index.ts';
import opensearch from '../../outputs/opensearch/index.ts';
import { parseLossless } from '../../src/json.ts';
import type { Connection, OutputDefinition } from '../../src/output/define.ts';
import { createHttpClient } from '../../src/output/http.ts';
import { networkWith, settingsOf } from '../contract/attempt.ts';
import type { ServiceValues } from '../services/service.ts';

/** A real Elasticsearch or OpenSearch, as its users and as an operator see it. */
export interface SearchCluster {
  /** What leads an output there, in the words of a configuration. */
  readonly output: { readonly nodes: readonly string[]; readonly [setting: string]: unknown };
  /** The output itself, with further settings. */
  open(settings: object): Promise<Connection>;
  /** Every document of an index, a data stream or a pattern. */
  documents(index: string): Promise<SearchDocument[]>;
  /** Fails unless the server agrees. */
  put(path: string, body: object): Promise<void>;
}

export interface SearchDocument {
  readonly index: string;
  readonly id: string;
  /** Numbers that a double does not hold are `ExactNumber`. */
  readonly source: Readonly<Record<string, unknown>>;
}

const DOCUMENTS_MAX = 10_000;

export function searchCluster(
  t: TestContext,
  values: ServiceValues,
  { secured }: { readonly secured: boolean },
): SearchCluster {
  const url = values['ELASTICSEARCH_URL'] ?? values['OPENSEARCH_URL'] ?? '';
  const { ELASTICSEARCH_USER: username = '', ELASTICSEARCH_PASSWORD: password = '' } = values;
  const definition = values['OPENSEARCH_URL'] === undefined ? elasticsearch : opensearch;
  const user = secured ? { username, password } : {};
  const caFiles = secured ? [values['ELASTICSEARCH_CA'] ?? ''] : [];
  const http = createHttpClient({
    caFiles,
    verify: true,
    proxy: 'none',
    allowDestinations: [],
    refuseListeners: () => [],
    userAgent: 'Tocsin/test',
    connections: 4,
  });
  t.after(() => http.close());
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

  async function ask(method: 'POST' | 'PUT', path: string, body?: object): Promise<string> {
    const answer = await http.request({
      method,
      url: `${url}/${path}`,
      headers: { 'content-type': 'application/json', ...(secured && { authorization }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
      answerBytesMax: 32 * 1024 * 1024,
    });
    assert.equal(answer.status, 200, answer.text.slice(0, 1000));
    return answer.text;
  }

  return {
    output: {
      type: definition.id,
      nodes: [url],
      ...user,
      ...(secured && { tls: { caFile: caFiles[0] } }),
    },
    async open(more) {
      const { values } = settingsOf(definition, { nodes: [url], ...user, ...more });
      const connection = await (definition as OutputDefinition).open?.({
        settings: values as ElasticsearchSettings,
        http,
        network: networkWith(),
        signal: AbortSignal.timeout(60_000),
      });
      assert.ok(connection);
      t.after(() => connection.close());
      return connection;
    },
    async documents(index) {
      await ask('POST', `${index}/_refresh`);
      const text = await ask('POST', `${index}/_search`, { size: DOCUMENTS_MAX });
      const { hits } = parseLossless(text, { depthMax: 64 }) as { hits: { hits: readonly Hit[] } };
      return hits.hits.map(({ _index, _id, _source }) => ({
        index: _index,
        id: _id,
        source: _source,
      }));
    },
    async put(path, body) {
      await ask('PUT', path, body);
    },
  };
}

interface Hit {
  readonly _index: string;
  readonly _id: string;
  readonly _source: Readonly<Record<string, unknown>>;
}

/** A document as the line it came from, with the fields that went as text back in their place. */
export function lineOf(source: Source): string {
  const { output_fields: fields, output_fields_unmapped: unmapped = '{}', ...others } = source;
  const all = { ...(fields as Source), ...(parseLossless(unmapped as string) as Source) };
  const sorted = Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ ...others, output_fields: Object.fromEntries(sorted) });
}

type Source = SearchDocument['source'];
