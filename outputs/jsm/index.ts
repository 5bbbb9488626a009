import { defineOutput, type Delivery, ONE_BY_ONE } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { basicAuth, below } from '../../src/output/http-url.ts';
import { closingOf, postOpsAlert } from '../../src/output/ops-alert.ts';
import { jsmAlert } from './payload.ts';
import { type JsmSettings, mistakesIn, schema } from './settings.ts';

export default defineOutput({
  id: 'jsm',
  title: 'Jira Service Management',
  category: 'alerting',
  summary: 'Creates alerts in the operations part of Jira Service Management, for who is on call.',
  schema,
  example: { apiKey: '00000000-1111-2222-3333-444444444444' },
  ...ONE_BY_ONE,
  validate: mistakesIn,
  send: (context, deliveries) =>
    sendEach(deliveries, (delivery) =>
      postOpsAlert(context, {
        ...wayIn(context.settings),
        alert: jsmAlert(context.settings, delivery),
        closing: wayOut(context.settings, delivery),
      }),
    ),
});

function wayIn({ apiKey, url, cloudId = '', email = '', apiToken = '' }: JsmSettings) {
  const base = below(url, '/jsm/ops');
  return apiKey === undefined
    ? { url: `${base}/api/${cloudId}/v1/alerts`, authorization: basicAuth(email, apiToken) }
    : { url: `${base}/integration/v2/alerts`, authorization: `GenieKey ${apiKey}` };
}

/**
 * The site's own API closes by ids only, which it tells nobody who creates an alert.
 *
 * @see https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v1/api-group-integration-events
 */
function wayOut(settings: JsmSettings, delivery: Delivery) {
  return settings.apiKey === undefined ? undefined : closingOf(settings, delivery);
}
