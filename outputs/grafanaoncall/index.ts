import { acceptAnyButPage } from '../../src/output/answer.ts';
import { checkHeaders, checkHttpUrl } from '../../src/output/check.ts';
import { defineOutput, ONE_BY_ONE } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { mergeHeaders } from '../../src/output/headers.ts';
import { formattedAlert } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'grafanaoncall',
  title: 'Grafana OnCall',
  category: 'alerting',
  summary: 'Sends alerts to Grafana OnCall, or to Grafana IRM, through a formatted webhook.',
  schema,
  example: {
    webhookUrl: 'https://oncall.example.org/integrations/v1/formatted_webhook/0123456789abcdef/',
  },
  ...ONE_BY_ONE,
  validate: ({ webhookUrl, headers }) => [
    ...checkHttpUrl('webhookUrl', webhookUrl),
    ...checkHeaders('headers', headers),
  ],
  send: ({ settings, http, signal }, deliveries) =>
    sendEach(deliveries, (delivery) =>
      http.postJson(settings.webhookUrl, formattedAlert(settings, delivery), {
        signal,
        headers: mergeHeaders({ 'content-type': 'application/json' }, settings.headers),
        accept: acceptAnyButPage,
      }),
    ),
});
