import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import type { SingleResult } from '../../src/output/define.ts';
import { basicAuthHeader, checkEndpoint } from '../../src/output/http-settings.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { below } from '../../src/output/http-url.ts';
import { defineLogPush, refusedDocuments } from '../../src/output/log-push.ts';
import { bulkLines } from './payload.ts';
import { schema } from './settings.ts';

export default defineLogPush({
  id: 'zincsearch',
  title: 'ZincSearch',
  summary: 'Writes alerts to an index of ZincSearch, each one once, in bulk requests.',
  schema,
  example: {
    url: 'http://zincsearch.example.org:4080',
    username: 'falco',
    password: 'the password of that user',
  },
  batch: { alertsMax: 500, bytesMax: 4 * 1024 * 1024, waitMs: 200 },
  validate: checkEndpoint,
  requestOf: (settings, deliveries) => ({
    url: below(settings.url, '/api/_bulk'),
    headers: { ...basicAuthHeader(settings), 'content-type': 'application/x-ndjson' },
    text: bulkLines(deliveries, settings),
    compress: false,
  }),
  accept,
});

/** It answers how many documents it has taken. */
function accept(answer: HttpAnswer, count: number): SingleResult {
  const { record_count: taken } = objectIn(answer);
  if (typeof taken !== 'number' || taken > count) {
    return foreignAnswer(answer, 'ZincSearch answers how many documents it has taken');
  }
  if (taken === count) return { outcome: 'delivered' };
  return refusedDocuments(count - taken, 'ZincSearch does not say why');
}
