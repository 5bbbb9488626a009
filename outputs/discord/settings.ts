import { type Static, Type } from 'typebox';
import { postedLook, senderSettings, shownMaxSetting } from '../../src/output/chat-settings.ts';
import { flag, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...postedLook('channel'),
  username: Type.Optional(
    Type.String({
      description: "Another sender than the webhook's name. Discord refuses some names.",
      minLength: 1,
      maxLength: 80,
    }),
  ),
  iconUrl: senderSettings('Discord').iconUrl,
  shownMax: shownMaxSetting(10, 10),
  mentions: flag('Whether mentions that you write into messageFormat count.', false),
});

/** Defaults filled in. */
export type DiscordSettings = Static<typeof schema>;
