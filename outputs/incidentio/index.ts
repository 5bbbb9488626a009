import { objectIn, resultOfOwn } from '../../src/output/answer.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { defineOneByOne } from '../../src/output/one-by-one.ts';
import { alertEvent } from './payload.ts';
import { schema } from './settings.ts';

export default defineOneByOne({
  id: 'incidentio',
  title: 'incident.io',
  category: 'alerting',
  summary: 'Sends alerts to an HTTP alert source of incident.io.',
  schema,
  example: { sourceId: '01GW2G3V0S59R238FAHPDS1R66', token: '0123456789abcdef' },
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: (settings, delivery) => ({
    url: below(settings.url, `/v2/alert_events/http/${settings.sourceId}`),
    headers: { authorization: `Bearer ${settings.token}`, 'content-type': 'application/json' },
    body: alertEvent(settings, delivery),
  }),
  resultOf: (answer) =>
    resultOfOwn(answer, isTaken(answer), 'incident.io answers 202 with the status success'),
});

function isTaken(answer: HttpAnswer): boolean {
  return answer.status === 202 && objectIn(answer)['status'] === 'success';
}
