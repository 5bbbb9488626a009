import { objectIn, resultOfOwn } from '../../src/output/answer.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import { below } from '../../src/output/http-url.ts';
import { defineOneByOne } from '../../src/output/one-by-one.ts';
import { annotation } from './payload.ts';
import { mistakesIn, schema } from './settings.ts';

export default defineOneByOne({
  id: 'grafana',
  title: 'Grafana',
  category: 'logs',
  summary: 'Marks alerts as annotations in the dashboards of Grafana.',
  schema,
  example: { url: 'https://grafana.example.org', token: 'glsa_0123456789', dashboardUid: 'falco' },
  validate: mistakesIn,
  requestOf: (settings, { alert }) => ({
    url: below(settings.url, '/api/annotations'),
    headers: mergeHeaders({ authorization: `Bearer ${settings.token}` }, settings.headers),
    body: annotation(settings, alert),
  }),
  resultOf(answer) {
    const isOwn = Number.isSafeInteger(objectIn(answer)['id']);
    return resultOfOwn(answer, isOwn, 'Grafana answers with the id of the annotation');
  },
});
