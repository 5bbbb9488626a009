import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import {
  checkHeaders,
  checkHeaderValue,
  checkHttpUrl,
  type Mistake,
} from '../../src/output/check.ts';
import { headersSetting } from '../../src/output/http-settings.ts';
import { flag, optionalText, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({
    description:
      'HTTP Event Collector, `https://splunk.example.org:8088`; without a path, `/services/collector/event` is added.',
  }),
  token: secret({ description: 'HEC token.', minLength: 1 }),
  index: optionalText("Index; the token must allow it. Default: the token's own."),
  sourcetype: Type.String({ description: 'Source type.', default: 'falco', minLength: 1 }),
  source: optionalText("Source. Default: the alert's."),
  metadata: Type.Enum(['alert', 'none'], {
    description:
      'alert: Splunk files alerts under their own time, host and source. none: under the time at which they arrive, from this hub.',
    default: 'alert',
  }),
  format: alertFormat,
  acknowledge: flag(
    'Whether an alert counts as delivered only when indexers have it. The token must have indexer acknowledgement enabled.',
    false,
  ),
  headers: headersSetting,
});

/** Defaults filled in. */
export type SplunkSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no secret. */
export function mistakesIn({ url, token, headers }: SplunkSettings): Mistake[] {
  return [
    ...checkHttpUrl('url', url),
    ...checkHeaders('headers', headers),
    ...checkHeaderValue('token', token),
  ];
}
