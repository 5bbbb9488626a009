import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import { type Connection, defineOutput, type SingleResult } from '../../src/output/define.ts';
import { ndjson } from '../../src/output/format.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import { aboutDestination } from '../../src/output/http-error.ts';
import { excerptOf } from '../../src/output/http-excerpt.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { basicAuthHeader, checkEndpoint } from '../../src/output/http-settings.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { below, withPath } from '../../src/output/http-url.ts';
import { pushLogs, refusedDocuments } from '../../src/output/log-push.ts';
import { stateful } from '../../src/output/stateful.ts';
import { indexConfig } from './payload.ts';
import { type QuickwitSettings, schema } from './settings.ts';

export default defineOutput({
  id: 'quickwit',
  title: 'Quickwit',
  category: 'logs',
  summary: 'Writes alerts to an index of Quickwit, many in one request.',
  schema,
  example: { url: 'http://quickwit.example.org:7280', index: 'falco', createIndex: true },
  // Quickwit takes 10 MB.
  batch: { alertsMax: 500, bytesMax: 4 * 1024 * 1024, waitMs: 200 },
  concurrency: 2,
  validate: checkEndpoint,
  open: ({ settings, http }) => Promise.resolve(openIndex(settings, http)),
});

/** Holds no connection, but knows that there is an index. */
function openIndex(settings: QuickwitSettings, http: HttpClient): Connection {
  const { index, compress } = settings;
  const url = withPath(settings.url, '/api/v1');
  const headers = mergeHeaders(basicAuthHeader(settings), settings.headers);
  let hasIndex = !settings.createIndex;

  async function ensureIndex(signal: AbortSignal): Promise<SingleResult> {
    const found = await http.request({ url: below(url, `/indexes/${index}`), headers, signal });
    if (found.status !== 404) return resultOfStatus(found);
    const made = await http.request({
      method: 'POST',
      url: below(url, '/indexes'),
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(indexConfig(settings)),
      signal,
    });
    // Another hub may have been quicker.
    const isThere = made.status === 400 && made.text.includes('already exists');
    return isThere ? { outcome: 'delivered' } : resultOfStatus(made);
  }

  return stateful(async (deliveries, signal) => {
    if (!hasIndex) {
      const result = await ensureIndex(signal);
      if (result.outcome !== 'delivered') return aboutDestination(result, 'the index');
      hasIndex = true;
    }
    return pushLogs(
      { http, signal },
      {
        url: below(url, `/${index}/ingest`),
        headers: { ...headers, 'content-type': 'application/x-ndjson' },
        text: ndjson(deliveries),
        compress,
      },
      (answer) => accept(answer, deliveries.length),
    );
  });
}

/** It says how many documents it works on, and since 0.9 how many it has refused. */
function accept(answer: HttpAnswer, count: number): SingleResult {
  const { num_docs_for_processing: taken, num_rejected_docs: refused = 0 } = objectIn(answer);
  if (typeof taken !== 'number' || taken < count) {
    return foreignAnswer(answer, 'Quickwit answers how many documents it has taken');
  }
  if (refused === 0) return { outcome: 'delivered' };
  return refusedDocuments(Number(refused), excerptOf(answer));
}
