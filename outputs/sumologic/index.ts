import { resultOfOwn } from '../../src/output/answer.ts';
import { defineLogPush } from '../../src/output/log-push.ts';
import { logLines } from './payload.ts';
import { mistakesIn, schema, sumoHeaders } from './settings.ts';

export default defineLogPush({
  id: 'sumologic',
  title: 'Sumo Logic',
  summary: 'Sends alerts to an HTTP source of Sumo Logic, many in one request.',
  schema,
  example: {
    url: 'https://endpoint4.collection.sumologic.com/receiver/v1/http/ZaVnC4dhaV3',
    category: 'security/falco',
  },
  // Sumo Logic wants requests of 100 KB to 1 MB.
  batch: { alertsMax: 500, bytesMax: 1000 * 1000, waitMs: 200 },
  validate: mistakesIn,
  requestOf: (settings, deliveries) => ({
    url: settings.url,
    headers: sumoHeaders(settings),
    text: logLines(deliveries, settings),
    compress: settings.compress,
  }),
  accept(answer) {
    const isOwn = answer.status === 200 && answer.text.trim() === '';
    return resultOfOwn(answer, isOwn, 'Sumo Logic answers 200 with nothing');
  },
});
