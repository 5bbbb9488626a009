import { objectIn, resultOfOwn } from '../../src/output/answer.ts';
import { datadogHeaders, datadogMistakes } from '../../src/output/datadog.ts';
import { defineLogPush } from '../../src/output/log-push.ts';
import { logsBody } from './payload.ts';
import { schema } from './settings.ts';

export default defineLogPush({
  id: 'datadoglogs',
  title: 'Datadog Logs',
  summary: 'Sends alerts to Datadog as logs, many in one request.',
  schema,
  example: { apiKey: '0123456789abcdef0123456789abcdef', site: 'datadoghq.eu' },
  // A message within JSON is longer than the alert; a request may have 5 MB.
  batch: { alertsMax: 500, bytesMax: 2 * 1024 * 1024, waitMs: 200 },
  validate: datadogMistakes,
  requestOf: (settings, deliveries) => ({
    url: settings.url ?? `https://http-intake.logs.${settings.site}/api/v2/logs`,
    headers: datadogHeaders(settings),
    text: logsBody(settings, deliveries, Date.now()),
    compress: settings.compress,
  }),
  // Datadog takes logs with 202 and an empty object.
  accept(answer) {
    const isEmptyObject =
      answer.text.trim().startsWith('{') && Object.keys(objectIn(answer)).length === 0;
    return resultOfOwn(answer, answer.status === 202 || isEmptyObject, 'Datadog answers 202');
  },
});
