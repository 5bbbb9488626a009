import type { Static } from 'typebox';
import { Type } from 'typebox';
import { messageFormatSetting, plainLook } from '../../src/output/chat-settings.ts';
import { secret } from '../../src/output/settings.ts';

export const schema = Type.Object(
  {
    url: Type.String({ description: 'Address of the organisation.' }),
    email: Type.String({ description: "The bot's e-mail address.", minLength: 1 }),
    apiKey: secret({ description: "The bot's API key.", minLength: 1 }),
    channel: Type.String({ description: 'Channel (stream) that is posted to.', minLength: 1 }),
    topic: Type.String({
      description: 'Topic in it.',
      minLength: 1,
      maxLength: 60,
      default: 'Tocsin',
    }),
    ...plainLook,
    messageFormat: messageFormatSetting,
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type ZulipSettings = Static<typeof schema>;
