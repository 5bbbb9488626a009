import type { Static } from 'typebox';
import { postedLook, senderSettings, shownMaxSetting } from '../../src/output/chat-settings.ts';
import { flag, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...postedLook('channel, with its `zapikey`'),
  ...senderSettings('Cliq'),
  emoji: flag('Whether an emoji before the text shows the priority.', true),
  shownMax: shownMaxSetting(10, 20),
});

/** Defaults filled in. */
export type CliqSettings = Static<typeof schema>;
