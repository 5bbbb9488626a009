import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import type { Connection, SingleResult } from '../../src/output/define.ts';
import { defineOutput } from '../../src/output/define.ts';
import { googleMistakes, openGoogle } from '../../src/output/google.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { publishBody } from './payload.ts';
import type { PubSubSettings } from './settings.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'gcppubsub',
  title: 'Google Cloud Pub/Sub',
  category: 'queue',
  summary: 'Publishes alerts to a topic of Google Cloud Pub/Sub, many in one request.',
  schema,
  example: { project: 'my-project', topic: 'falco-alerts' },
  // A request may have 1,000 messages and 10 MB, of which base64 takes a quarter.
  batch: { alertsMax: 500, bytesMax: 4 * 1024 * 1024, waitMs: 100 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: googleMistakes,
  open: ({ settings, http }) => Promise.resolve(openTopic(settings, http)),
});

function openTopic(settings: PubSubSettings, http: HttpClient): Connection {
  const google = openGoogle(settings, http);
  const path = `/v1/projects/${settings.project}/topics/${settings.topic}:publish`;
  const url = below(settings.endpoint, path);
  return {
    async send(deliveries, { signal }) {
      const answer = await google.post(url, publishBody(settings, deliveries), signal);
      return resultOf(answer, deliveries.length);
    },
    close: () => google.close(),
  };
}

/** Pub/Sub answers with an id for each message. */
function resultOf(answer: HttpAnswer, count: number): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered') return result;
  const { messageIds } = objectIn(answer);
  if (Array.isArray(messageIds) && messageIds.length === count) return result;
  return foreignAnswer(answer, 'Pub/Sub answers with an id for each message');
}
