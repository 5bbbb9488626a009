import { type Static, Type } from 'typebox';
import { headersNamed } from '../../src/output/http-settings.ts';
import { PRIORITIES } from '../../src/alert.ts';
import { byPriority } from '../../src/output/by-priority.ts';
import { checkHeaders, checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { duration, secret, textLike } from '../../src/output/settings.ts';

const closed = { additionalProperties: false } as const;
/** What Alertmanager takes for a name in every version; since 0.28 it takes others, too. */
const labelName = Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]*$' });

export const schema = Type.Object(
  {
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
    labels: Type.Record(labelName, Type.String({ description: 'Value of the label.' }), {
      ...closed,
      description: 'Labels of every alert. They go before those of the alert.',
      default: {},
    }),
    annotations: Type.Record(labelName, Type.String({ description: 'Value.' }), {
      ...closed,
      description: 'Annotations of every alert, such as `runbook_url`.',
      default: {},
    }),
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
    dropThresholds: Type.Array(
      Type.Object(
        {
          above: Type.Integer({ description: 'More events than this were dropped.', minimum: 0 }),
          priority: Type.Enum([...PRIORITIES], { description: 'The alert has this priority.' }),
        },
        closed,
      ),
      {
        description:
          'What Falco\'s alerts "syscall event drop" are worth: the fields `n_drop…` count events that Falco missed. The label is the threshold (`>1000`), so that it does not change with each count; the priority is raised to that of the first threshold below the count.',
        maxItems: 32,
        default: [
          { above: 10_000, priority: 'critical' },
          { above: 1000, priority: 'critical' },
          { above: 100, priority: 'critical' },
          { above: 10, priority: 'warning' },
          { above: 1, priority: 'warning' },
        ],
      },
    ),
    dropPriority: Type.Enum([...PRIORITIES], {
      description: 'The least priority where events were dropped and no threshold is below.',
      default: 'critical',
    }),
    headers: headersNamed('Headers sent with every request, such as `X-Scope-OrgID`.'),
    format: Type.Enum(['tocsin', 'falcosidekick'], {
      description:
        "tocsin: with `startsAt` and the uuid; expiresAfter counts from sending. falcosidekick: without them; expiresAfter counts from the alert's own time.",
      default: 'tocsin',
    }),
  },
  closed,
);

/** Defaults filled in. */
export type AlertmanagerSettings = Static<typeof schema>;

export function mistakesIn({ urls, headers }: AlertmanagerSettings): Mistake[] {
  return [
    ...urls.flatMap((url, n) => checkHttpUrl(`urls.${n}`, url)),
    ...checkHeaders('headers', headers),
  ];
}
