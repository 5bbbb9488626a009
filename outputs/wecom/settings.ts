import type { Static } from 'typebox';
import { Type } from 'typebox';
import {
  messageFormatSetting,
  plainLook,
  webhookUrlSetting,
} from '../../src/output/chat-settings.ts';

export const schema = Type.Object(
  {
    ...webhookUrlSetting('group robot, with its `key`'),
    ...plainLook,
    messageFormat: messageFormatSetting,
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type WecomSettings = Static<typeof schema>;
