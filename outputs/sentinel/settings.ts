import { type Static, Type } from 'typebox';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { flag, secret, settingsSchema, text, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  endpoint: Type.String({
    description:
      'Logs ingestion endpoint of the data collection rule or endpoint, `https://soc-ab12.westeurope-1.ingest.monitor.azure.com`.',
  }),
  ruleId: textLike('Immutable ID of the data collection rule, `dcr-…`.', '^dcr-[a-zA-Z0-9]{8,64}$'),
  stream: textLike('Stream of the rule.', '^[A-Za-z][A-Za-z0-9_-]{1,100}$', 'Custom-Falco_CL'),
  tenantId: textLike('Tenant of Microsoft Entra.', '^[A-Za-z0-9.-]{1,100}$'),
  clientId: text('Application (client) ID.'),
  clientSecret: secret({ description: 'A secret of that application.', minLength: 1 }),
  authority: Type.String({
    description:
      'Where tokens come from: `https://login.microsoftonline.us` for the US government, `https://login.chinacloudapi.cn` for China.',
    default: 'https://login.microsoftonline.com',
  }),
  scope: Type.String({
    description:
      'What tokens are for: `https://monitor.azure.us/.default`, `https://monitor.azure.cn/.default` there.',
    default: 'https://monitor.azure.com/.default',
  }),
  compress: flag('Whether requests are compressed (gzip).', true),
});

/** Defaults filled in. */
export type SentinelSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no secret. */
export function mistakesIn({ endpoint, authority }: SentinelSettings): Mistake[] {
  return [...checkHttpUrl('endpoint', endpoint), ...checkHttpUrl('authority', authority)];
}
