import { type Static, Type } from 'typebox';
import {
  formatsWithTemplate,
  postedLook,
  shownMaxSetting,
} from '../../src/output/chat-settings.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...postedLook('space'),
  outputFormat: formatsWithTemplate,
  cards: Type.Union([Type.Literal('v2'), Type.Literal('v1')], {
    description:
      'v2: cards as Google makes them now. v1: the cards of Falcosidekick, a table without the output line.',
    default: 'v2',
  }),
  shownMax: shownMaxSetting(10, 50),
});

/** Defaults filled in. */
export type GooglechatSettings = Static<typeof schema>;
