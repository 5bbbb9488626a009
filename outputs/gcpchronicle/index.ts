import { foreignAnswer } from '../../src/output/answer.ts';
import type { Connection, SingleResult } from '../../src/output/define.ts';
import { defineOutput } from '../../src/output/define.ts';
import { googleMistakes, openGoogle } from '../../src/output/google.ts';
import { resultOfStatus } from '../../src/output/http-result.ts';
import type { HttpAnswer, HttpClient } from '../../src/output/http.ts';
import { importBody, importUrl } from './payload.ts';
import type { ChronicleSettings } from './settings.ts';
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
  open: ({ settings, http }) => Promise.resolve(openInstance(settings, http)),
});

function openInstance(settings: ChronicleSettings, http: HttpClient): Connection {
  const google = openGoogle(settings, http);
  const url = importUrl(settings);
  return {
    async send(deliveries, { signal }) {
      return resultOf(await google.post(url, importBody(settings, deliveries), signal));
    },
    close: () => google.close(),
  };
}

/** What is taken is answered with an object that has nothing in it yet. */
function resultOf(answer: HttpAnswer): SingleResult {
  const result = resultOfStatus(answer);
  if (result.outcome !== 'delivered' || answer.text.trim().startsWith('{')) return result;
  return foreignAnswer(answer, 'Google SecOps answers with an object');
}
