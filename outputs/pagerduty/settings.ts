import { type Static, Type } from 'typebox';
import { dedupKeySetting } from '../../src/output/dedup-key.ts';
import { CLOSES } from '../../src/output/resolution.ts';
import { optionalText, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  routingKey: secret({
    description: 'Integration key of an *Events API V2* integration; it has 32 characters.',
    minLength: 1,
  }),
  region: Type.Union([Type.Literal('us'), Type.Literal('eu')], {
    description: 'Service region of the PagerDuty account.',
    default: 'us',
  }),
  url: Type.Optional(
    Type.String({
      description: 'Endpoint of another service that speaks Events API v2, instead of a region.',
    }),
  ),
  severity: Type.Union(
    [
      Type.Literal('priority'),
      Type.Literal('critical'),
      Type.Literal('error'),
      Type.Literal('warning'),
      Type.Literal('info'),
    ],
    {
      description:
        'priority: Emergency to Critical are critical, Error is error, Warning is warning, the rest is info. Anything else is the severity of all alerts.',
      default: 'priority',
    },
  ),
  dedupKey: dedupKeySetting(
    'incident',
    `${CLOSES} Empty: none is sent, PagerDuty makes one for every request, and nothing is closed.`,
  ),
  source: optionalText(
    "What PagerDuty shows as the source of all alerts. Default: the alert's host name, without one its source.",
  ),
  details: Type.Union([Type.Literal('all'), Type.Literal('fields')], {
    description:
      'all: rule, priority, source, host name, tags and uuid beside the fields of the alert, and the rule as class. fields: fields and host name only.',
    default: 'all',
  }),
});

/** Defaults filled in. */
export type PagerDutySettings = Static<typeof schema>;
