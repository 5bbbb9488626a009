import { foreignAnswer, objectIn } from '../../src/output/answer.ts';
import { defineOutput, ONE_BY_ONE, type SingleResult } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import type { HttpAnswer } from '../../src/output/http.ts';
import { below } from '../../src/output/http-url.ts';
import { annotation } from './payload.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'grafana',
  title: 'Grafana',
  category: 'logs',
  summary: 'Marks alerts as annotations in the dashboards of Grafana.',
  schema,
  example: { url: 'https://grafana.example.org', token: 'glsa_0123456789', dashboardUid: 'falco' },
  ...ONE_BY_ONE,
  validate: mistakesIn,
  send: ({ settings, http, signal }, deliveries) =>
    sendEach(deliveries, ({ alert }) =>
      http.postJson(below(settings.url, '/api/annotations'), annotation(settings, alert), {
        headers: mergeHeaders({ authorization: `Bearer ${settings.token}` }, settings.headers),
        signal,
        accept,
      }),
    ),
});

/** It answers with the number of the annotation. */
function accept(answer: HttpAnswer): SingleResult {
  if (Number.isSafeInteger(objectIn(answer)['id'])) return { outcome: 'delivered' };
  return foreignAnswer(answer, 'Grafana answers with the id of the annotation');
}
