import { objectIn, resultOfOwn } from '../../src/output/answer.ts';
import { datadogHeaders, datadogMistakes } from '../../src/output/datadog.ts';
import { defineOutput, ONE_BY_ONE, type SingleResult } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { datadogEvent } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'datadog',
  title: 'Datadog Events',
  category: 'metrics',
  summary: 'Posts alerts to the event stream of Datadog.',
  schema,
  example: { apiKey: '0123456789abcdef0123456789abcdef', site: 'datadoghq.eu' },
  ...ONE_BY_ONE,
  validate: datadogMistakes,
  send({ settings, http, signal }, deliveries) {
    const { site, url = `https://api.${site}/api/v1/events` } = settings;
    const headers = datadogHeaders(settings);
    return sendEach(deliveries, async (delivery) => {
      const body = JSON.stringify(datadogEvent(settings, delivery, Date.now()));
      return resultOf(await http.request({ method: 'POST', url, headers, body, signal }));
    });
  },
});

/** Datadog takes an event with 202 and `{"status": "ok", "event": {…}}`. */
function resultOf(answer: HttpAnswer): SingleResult {
  const isOwn = objectIn(answer)['status'] === 'ok';
  return resultOfOwn(answer, isOwn, 'Datadog answers with the status ok');
}
