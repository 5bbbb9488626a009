import type { Static } from 'typebox';
import { Type } from 'typebox';
import {
  lookSettings,
  senderSettings,
  shownMaxSetting,
  webhookUrlSetting,
} from '../../src/output/chat-settings.ts';

export const schema = Type.Object(
  {
    ...webhookUrlSetting('integration'),
    channel: Type.Optional(
      Type.String({
        description:
          'Another channel than the integration posts to, `#name` or `@user`, where it allows one.',
        minLength: 1,
      }),
    ),
    ...senderSettings('Rocket.Chat'),
    ...lookSettings,
    outputFormat: Type.Union(
      [Type.Literal('all'), Type.Literal('text'), Type.Literal('fields'), Type.Literal('template')],
      {
        description:
          'text: the output line. fields: the table of fields. all: both. template: what messageFormat says, and nothing else.',
        default: 'all',
      },
    ),
    attachmentsMax: shownMaxSetting(20, 100),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type RocketchatSettings = Static<typeof schema>;
