import { objectIn, resultOfOwn } from '../../src/output/answer.ts';
import { checkHttpUrl } from '../../src/output/check.ts';
import { below } from '../../src/output/http-url.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { defineOneByOne } from '../../src/output/one-by-one.ts';
import { gotifyMessage } from './payload.ts';
import { schema } from './settings.ts';

export default defineOneByOne({
  id: 'gotify',
  title: 'Gotify',
  category: 'alerting',
  summary: 'Pushes alerts to phones and browsers through a Gotify server.',
  schema,
  example: { url: 'https://gotify.example.org', token: 'A1b2C3d4E5f6G7h' },
  validate: ({ url }) => checkHttpUrl('url', url),
  requestOf: (settings, delivery) => ({
    url: below(settings.url, '/message'),
    ...(settings.token !== undefined && { headers: { 'x-gotify-key': settings.token } }),
    body: gotifyMessage(settings, delivery),
  }),
  resultOf: (answer) =>
    resultOfOwn(answer, isMessage(answer), 'Gotify answers with the message and its id'),
});

/** The message has a number by then. */
function isMessage(answer: HttpAnswer): boolean {
  const { id, appid } = objectIn(answer);
  return typeof id === 'number' && typeof appid === 'number';
}
