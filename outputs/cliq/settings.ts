import type { Static } from 'typebox';
import { Type } from 'typebox';
import { postedLook, senderSettings, shownMaxSetting } from '../../src/output/chat-settings.ts';

export const schema = Type.Object(
  {
    ...postedLook('channel, with its `zapikey`'),
    ...senderSettings('Cliq'),
    emoji: Type.Boolean({
      description: 'Whether an emoji before the text shows the priority.',
      default: true,
    }),
    shownMax: shownMaxSetting(10, 20),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type CliqSettings = Static<typeof schema>;
