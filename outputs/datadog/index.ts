import { objectIn, resultOfOwn } from '../../src/output/answer.ts';
import { datadogHeaders, datadogMistakes } from '../../src/output/datadog.ts';
import { defineOneByOne } from '../../src/output/one-by-one.ts';
import { datadogEvent } from './payload.ts';
import { schema } from './settings.ts';

export default defineOneByOne({
  id: 'datadog',
  title: 'Datadog Events',
  category: 'metrics',
  summary: 'Posts alerts to the event stream of Datadog.',
  schema,
  example: { apiKey: '0123456789abcdef0123456789abcdef', site: 'datadoghq.eu' },
  validate: datadogMistakes,
  requestOf: (settings, delivery) => ({
    url: settings.url ?? `https://api.${settings.site}/api/v1/events`,
    headers: datadogHeaders(settings),
    body: datadogEvent(settings, delivery, Date.now()),
  }),
  // Datadog takes an event with 202 and `{"status": "ok", "event": {…}}`.
  resultOf: (answer) =>
    resultOfOwn(answer, objectIn(answer)['status'] === 'ok', 'Datadog answers with the status ok'),
});
