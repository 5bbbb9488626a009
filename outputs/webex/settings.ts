import { type Static, Type } from 'typebox';
import { layoutSetting, postedLook, shownMaxSetting } from '../../src/output/chat-settings.ts';

export const schema = Type.Object(
  { ...postedLook('space'), shownMax: shownMaxSetting(10, 20), layout: layoutSetting },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type WebexSettings = Static<typeof schema>;
