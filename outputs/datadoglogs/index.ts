import { objectIn, resultOfOwn } from '../../src/output/answer.ts';
import { datadogHeaders, datadogMistakes } from '../../src/output/datadog.ts';
import { defineOutput, type SingleResult } from '../../src/output/define.ts';
import { encodedBody } from '../../src/output/gzip.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { logsBody } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'datadoglogs',
  title: 'Datadog Logs',
  category: 'logs',
  summary: 'Sends alerts to Datadog as logs, many in one request.',
  schema,
  example: { apiKey: '0123456789abcdef0123456789abcdef', site: 'datadoghq.eu' },
  // A message within JSON is longer than the alert; a request may have 5 MB.
  batch: { alertsMax: 500, bytesMax: 2 * 1024 * 1024, waitMs: 200 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: datadogMistakes,
  async send({ settings, http, signal }, deliveries) {
    const { site, url = `https://http-intake.logs.${site}/api/v2/logs`, compress } = settings;
    const text = logsBody(settings, deliveries, Date.now());
    const { body, headers } = await encodedBody(text, compress);
    const answer = await http.request({
      method: 'POST',
      url,
      headers: { ...datadogHeaders(settings), ...headers },
      body,
      signal,
    });
    return resultOf(answer);
  },
});

/** Datadog takes logs with 202 and an empty object. */
function resultOf(answer: HttpAnswer): SingleResult {
  const isEmptyObject =
    answer.text.trim().startsWith('{') && Object.keys(objectIn(answer)).length === 0;
  return resultOfOwn(answer, answer.status === 202 || isEmptyObject, 'Datadog answers 202');
}
