import type { Static } from 'typebox';
import { Type } from 'typebox';
import {
  formatsWithTemplate,
  postedLook,
  senderSettings,
  shownMaxSetting,
} from '../../src/output/chat-settings.ts';

export const schema = Type.Object(
  {
    ...postedLook('integration'),
    channel: Type.Optional(
      Type.String({
        description:
          'Another channel than the integration posts to, `#name` or `@user`, where it allows one.',
        minLength: 1,
      }),
    ),
    ...senderSettings('Rocket.Chat'),
    outputFormat: formatsWithTemplate,
    attachmentsMax: shownMaxSetting(20, 100),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type RocketchatSettings = Static<typeof schema>;
