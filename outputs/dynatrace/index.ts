import { foreignAnswer } from '../../src/output/answer.ts';
import type { SingleResult } from '../../src/output/define.ts';
import { excerptOf } from '../../src/output/http-excerpt.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { defineLogPush, refusedDocuments } from '../../src/output/log-push.ts';
import { logsBody } from './payload.ts';
import { dynatraceHeaders, ingestUrl, mistakesIn, schema } from './settings.ts';

export default defineLogPush({
  id: 'dynatrace',
  title: 'Dynatrace',
  summary: 'Sends alerts to Dynatrace as logs, many in one request.',
  schema,
  example: {
    url: 'https://abc12345.live.dynatrace.com/api',
    token: 'dt0c01.PUBLIC.SECRET',
  },
  // A request may have 10 MB.
  batch: { alertsMax: 500, bytesMax: 2 * 1024 * 1024, waitMs: 200 },
  validate: mistakesIn,
  requestOf: (settings, deliveries) => ({
    url: ingestUrl(settings),
    headers: dynatraceHeaders(settings),
    text: logsBody(deliveries, Date.now()),
    compress: settings.compress,
  }),
  accept,
});

/** 204 is all of them, 200 those that it does not name. */
function accept(answer: HttpAnswer): SingleResult {
  if (answer.status === 204) return { outcome: 'delivered' };
  if (answer.status === 200 && /only a part of input events/i.test(answer.text)) {
    return refusedDocuments('some', excerptOf(answer));
  }
  return foreignAnswer(answer, 'Dynatrace answers 204');
}
