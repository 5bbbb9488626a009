import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import { defineOutput, ONE_BY_ONE, type SingleResult } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { gotifyMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'gotify',
  title: 'Gotify',
  category: 'alerting',
  summary: 'Pushes alerts to phones and browsers through a Gotify server.',
  schema,
  example: { url: 'https://gotify.example.org', token: 'A1b2C3d4E5f6G7h' },
  ...ONE_BY_ONE,
  validate: ({ url }) => checkHttpUrl('url', url),
  send({ settings, http, signal }, deliveries) {
    const { url, token } = settings;
    const headers: Record<string, string> = token === undefined ? {} : { 'x-gotify-key': token };
    return sendEach(deliveries, (delivery) =>
      http.postJson(below(url, '/message'), gotifyMessage(settings, delivery), {
        signal,
        headers,
        accept,
      }),
    );
  },
});

/** Gotify answers with the message, which has a number by then. */
function accept(answer: HttpAnswer): SingleResult {
  const { id, appid } = objectIn(answer);
  return typeof id === 'number' && typeof appid === 'number'
    ? { outcome: 'delivered' }
    : foreignAnswer(answer, 'Gotify answers with the message and its id');
}
