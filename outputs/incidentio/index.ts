import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import { defineOutput, ONE_BY_ONE, type SingleResult } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { alertEvent } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'incidentio',
  title: 'incident.io',
  category: 'alerting',
  summary: 'Sends alerts to an HTTP alert source of incident.io.',
  schema,
  example: { sourceId: '01GW2G3V0S59R238FAHPDS1R66', token: '0123456789abcdef' },
  ...ONE_BY_ONE,
  validate: ({ url }) => checkHttpUrl('url', url),
  send({ settings, http, signal }, deliveries) {
    const { url, sourceId, token } = settings;
    const endpoint = below(url, `/v2/alert_events/http/${sourceId}`);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return sendEach(deliveries, (delivery) =>
      http.postJson(endpoint, alertEvent(settings, delivery), { signal, headers, accept }),
    );
  },
});

function accept(answer: HttpAnswer): SingleResult {
  const isOwn = answer.status === 202 && objectIn(answer)['status'] === 'success';
  return isOwn
    ? { outcome: 'delivered' }
    : foreignAnswer(answer, 'incident.io answers 202 with the status success');
}
