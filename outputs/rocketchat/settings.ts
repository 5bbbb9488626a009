import type { Static } from 'typebox';
import {
  formatsWithTemplate,
  postedLook,
  senderSettings,
  shownMaxSetting,
} from '../../src/output/chat-settings.ts';
import { optionalText, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...postedLook('integration'),
  channel: optionalText(
    'Another channel than the integration posts to, `#name` or `@user`, where it allows one.',
  ),
  ...senderSettings('Rocket.Chat'),
  outputFormat: formatsWithTemplate,
  attachmentsMax: shownMaxSetting(20, 100),
});

/** Defaults filled in. */
export type RocketchatSettings = Static<typeof schema>;
