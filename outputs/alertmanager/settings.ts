import { type Static, Type } from 'typebox';
import { byPriority } from '../../src/output/by-priority.ts';
import { checkHeaders, checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { dropSettings } from '../../src/output/dropped-events.ts';
import { headersNamed } from '../../src/output/http-settings.ts';
import { duration, secret, settingsSchema, textLike } from '../../src/output/settings.ts';

/** What Alertmanager takes for a name in every version; since 0.28 it takes others, too. */
const labelName = Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' });

function texts(description: string, ofValue: string) {
  const options = { additionalProperties: false, description, default: {} };
  return Type.Record(labelName, Type.String({ description: ofValue }), options);
}

export const schema = settingsSchema({
  urls: Type.Array(secret({ description: 'URL of a member.' }), {
    description:
      'The members of one cluster, as `http://alertmanager-0:9093`, with the path of a route prefix. Every member gets every alert; it is delivered when one of them has it. Secret, for a password may be in them.',
    minItems: 1,
    maxItems: 16,
  }),
  path: textLike('What comes behind each URL.', '^/', '/api/v2/alerts'),
  expiresAfter: duration({
    description:
      "When an alert counts as resolved. 0: Alertmanager's own `resolve_timeout` says when.",
    default: '0',
  }),
  source: Type.String({ description: 'The label `source`.', default: 'falco', minLength: 1 }),
  labels: texts('Labels of every alert. They go before those of the alert.', 'Value of the label.'),
  annotations: texts('Annotations of every alert, such as `runbook_url`.', 'Value.'),
  labelFields: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      description:
        'Fields that become labels; the others become annotations. Alerts with the same labels are one alert to Alertmanager. Default: every field whose value is a text or a number, and the uuid, so that each alert stands for itself.',
      maxItems: 64,
    }),
  ),
  severities: byPriority(Type.String({ description: 'The label `severity`.' }), {
    description:
      'The label `severity` of a priority. Default: Emergency to Critical are `critical`, Error and Warning `warning`, the rest `information`.',
  }),
  ...dropSettings,
  headers: headersNamed('Headers sent with every request, such as `X-Scope-OrgID`.'),
  format: Type.Enum(['tocsin', 'falcosidekick'], {
    description:
      "tocsin: with `startsAt` and the uuid; expiresAfter counts from sending. falcosidekick: without them; expiresAfter counts from the alert's own time.",
    default: 'tocsin',
  }),
});

/** Defaults filled in. */
export type AlertmanagerSettings = Static<typeof schema>;

export function mistakesIn({ urls, headers }: AlertmanagerSettings): Mistake[] {
  return [
    ...urls.flatMap((url, n) => checkHttpUrl(`urls.${n}`, url)),
    ...checkHeaders('headers', headers),
  ];
}
