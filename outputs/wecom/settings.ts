import type { Static } from 'typebox';
import {
  messageFormatSetting,
  plainLook,
  webhookUrlSetting,
} from '../../src/output/chat-settings.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  ...webhookUrlSetting('group robot, with its `key`'),
  ...plainLook,
  messageFormat: messageFormatSetting,
});

/** Defaults filled in. */
export type WecomSettings = Static<typeof schema>;
