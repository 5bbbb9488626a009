import { type Static, Type } from 'typebox';
import { messageFormatSetting, plainLook } from '../../src/output/chat-settings.ts';
import { secret, settingsSchema, text } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({ description: 'Address of the organisation.' }),
  email: text("The bot's e-mail address."),
  apiKey: secret({ description: "The bot's API key.", minLength: 1 }),
  channel: text('Channel (stream) that is posted to.'),
  topic: Type.String({
    description: 'Topic in it.',
    minLength: 1,
    maxLength: 60,
    default: 'Tocsin',
  }),
  ...plainLook,
  messageFormat: messageFormatSetting,
});

/** Defaults filled in. */
export type ZulipSettings = Static<typeof schema>;
