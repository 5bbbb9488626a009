import { type Static, Type } from 'typebox';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import { googleMistakes, googleSettings } from '../../src/output/google.ts';
import { optionalText, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: secret({
    description:
      'URL of the service, with the path that takes alerts. Secret, for a token may be in it.',
  }),
  audience: optionalText(
    'Who the identity token is for, where the service has an audience of its own. Default: scheme and host of the URL.',
  ),
  token: Type.Optional(
    secret({
      description:
        'Identity token to send instead of one that the hub gets for itself. Those of Google end after an hour.',
      pattern: '^[A-Za-z0-9._~+/-]+=*$',
    }),
  ),
  ...googleSettings,
});

/** Defaults filled in. */
export type RunSettings = Static<typeof schema>;

export function mistakesIn(settings: RunSettings): Mistake[] {
  return [...checkHttpUrl('url', settings.url), ...googleMistakes(settings)];
}
