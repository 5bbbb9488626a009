import { resultOfOwn } from '../../src/output/answer.ts';
import { defineOutput, type SingleResult } from '../../src/output/define.ts';
import { googleMistakes, openGooglePost } from '../../src/output/google.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { importBody, importUrl } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'gcpchronicle',
  title: 'Google SecOps (Chronicle)',
  category: 'logs',
  summary: 'Imports alerts as raw logs into Google Security Operations, many in one request.',
  schema,
  example: {
    project: 'my-project',
    region: 'eu',
    instance: '01234567-89ab-cdef-0123-456789abcdef',
  },
  // A request may have 4 MB, of which base64 takes a quarter.
  batch: { alertsMax: 500, bytesMax: 2 * 1024 * 1024, waitMs: 1000 },
  // Of two, one is kept for urgent alerts.
  concurrency: 2,
  validate: googleMistakes,
  open: ({ settings, http }) =>
    openGooglePost(settings, http, {
      url: importUrl(settings),
      bodyOf: (deliveries) => importBody(settings, deliveries),
      resultOf,
    }),
});

/** What is taken is answered with an object that has nothing in it yet. */
function resultOf(answer: HttpAnswer): SingleResult {
  const isOwn = answer.text.trim().startsWith('{');
  return resultOfOwn(answer, isOwn, 'Google SecOps answers with an object');
}
