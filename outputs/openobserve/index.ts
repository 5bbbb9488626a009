import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import type { SingleResult } from '../../src/output/define.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import { excerptOf } from '../../src/output/http-excerpt.ts';
import { basicAuthHeader, checkEndpoint } from '../../src/output/http-settings.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { below } from '../../src/output/http-url.ts';
import { defineLogPush, refusedDocuments } from '../../src/output/log-push.ts';
import { documents } from './payload.ts';
import { schema } from './settings.ts';

export default defineLogPush({
  id: 'openobserve',
  title: 'OpenObserve',
  summary: 'Writes alerts to a stream of OpenObserve, many in one request.',
  schema,
  example: {
    url: 'https://openobserve.example.org',
    username: 'falco@example.org',
    password: 'the password or token of that user',
  },
  batch: { alertsMax: 500, bytesMax: 4 * 1024 * 1024, waitMs: 200 },
  validate: checkEndpoint,
  requestOf: (settings, deliveries) => ({
    url: below(settings.url, `/api/${settings.organization}/${settings.stream}/_json`),
    headers: mergeHeaders(
      basicAuthHeader(settings),
      { 'content-type': 'application/json' },
      settings.headers,
    ),
    text: documents(deliveries, settings, Date.now()),
    compress: settings.compress,
  }),
  accept,
});

/** It tells for each stream how many documents it has taken, and why not the others. */
function accept(answer: HttpAnswer, count: number): SingleResult {
  const { status } = objectIn(answer);
  const [stream] = Array.isArray(status) ? (status as unknown[]) : [];
  const { successful, failed } = (stream ?? {}) as Readonly<Record<string, unknown>>;
  if (failed === 0 && successful === count) return { outcome: 'delivered' };
  if (typeof failed === 'number' && failed > 0) return refusedDocuments(failed, excerptOf(answer));
  return foreignAnswer(answer, 'OpenObserve answers how many documents it has taken');
}
