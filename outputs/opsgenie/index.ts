import { checkHttpUrl } from '../../src/output/check.ts';
import { defineOutput, ONE_BY_ONE } from '../../src/output/define.ts';
import { sendEach } from '../../src/output/each.ts';
import { below } from '../../src/output/http-url.ts';
import { closingOf, postOpsAlert } from '../../src/output/ops-alert.ts';
import { opsgenieAlert } from './payload.ts';
import { schema } from './settings.ts';

export default defineOutput({
  id: 'opsgenie',
  title: 'Opsgenie',
  category: 'alerting',
  summary: 'Creates alerts in Opsgenie, which tells whoever is on call.',
  schema,
  example: { apiKey: '00000000-1111-2222-3333-444444444444', region: 'eu' },
  ...ONE_BY_ONE,
  validate: ({ url }) => checkHttpUrl('url', url),
  send(context, deliveries) {
    const { apiKey, region, url = ORIGINS[region] } = context.settings;
    return sendEach(deliveries, (delivery) =>
      postOpsAlert(context, {
        url: below(url, '/v2/alerts'),
        authorization: `GenieKey ${apiKey}`,
        alert: opsgenieAlert(context.settings, delivery),
        closing: closingOf(context.settings, delivery),
      }),
    );
  },
});

/** @see https://docs.opsgenie.com/docs/api-overview */
const ORIGINS = { us: 'https://api.opsgenie.com', eu: 'https://api.eu.opsgenie.com' } as const;
