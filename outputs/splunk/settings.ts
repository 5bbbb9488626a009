import type { Static } from 'typebox';
import { Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import type { Mistake } from '../../src/output/check.ts';
import { checkHeaders, checkHttpUrl } from '../../src/output/check.ts';
import { headersSetting } from '../../src/output/http-settings.ts';
import { secret } from '../../src/output/settings.ts';

export const schema = Type.Object(
  {
    url: Type.String({
      description:
        'HTTP Event Collector, `https://splunk.example.org:8088`; without a path, `/services/collector/event` is added.',
    }),
    token: secret({ description: 'HEC token.', minLength: 1 }),
    index: Type.Optional(
      Type.String({
        description: "Index; the token must allow it. Default: the token's own.",
        minLength: 1,
      }),
    ),
    sourcetype: Type.String({ description: 'Source type.', default: 'falco', minLength: 1 }),
    source: Type.Optional(
      Type.String({ description: "Source. Default: the alert's.", minLength: 1 }),
    ),
    metadata: Type.Enum(['alert', 'none'], {
      description:
        'alert: Splunk files alerts under their own time, host and source. none: under the time at which they arrive, from this hub.',
      default: 'alert',
    }),
    format: alertFormat,
    acknowledge: Type.Boolean({
      description:
        'Whether an alert counts as delivered only when indexers have it. The token must have indexer acknowledgement enabled.',
      default: false,
    }),
    headers: headersSetting,
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type SplunkSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no secret. */
export function mistakesIn({ url, token, headers }: SplunkSettings): Mistake[] {
  const mistakes = [...checkHttpUrl('url', url), ...checkHeaders('headers', headers)];
  if (checkHeaders('', { token }).length > 0) {
    mistakes.push({ path: 'token', message: 'has a character that no token has' });
  }
  return mistakes;
}
