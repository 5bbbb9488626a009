import { objectIn, resultOfOwn } from '../../src/output/answer.ts';
import { defineOutput, type Delivery, type SingleResult } from '../../src/output/define.ts';
import { googleMistakes, openGooglePost } from '../../src/output/google.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { publishBody, publishUrl } from './payload.ts';
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
  open: ({ settings, http }) =>
    openGooglePost(settings, http, {
      url: publishUrl(settings),
      bodyOf: (deliveries) => publishBody(settings, deliveries),
      resultOf,
    }),
});

/** Pub/Sub answers with an id for each message. */
function resultOf(answer: HttpAnswer, { length }: readonly Delivery[]): SingleResult {
  const { messageIds } = objectIn(answer);
  const isOwn = Array.isArray(messageIds) && messageIds.length === length;
  return resultOfOwn(answer, isOwn, 'Pub/Sub answers with an id for each message');
}
