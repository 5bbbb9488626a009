import { type Static, Type } from 'typebox';
import { layoutSetting, plainLook } from '../../src/output/chat-settings.ts';
import { optionalText, secret, settingsSchema, text } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  token: secret({ description: 'Token of the bot, from BotFather.', minLength: 1 }),
  chatId: text('Chat: its number, negative for a group, or `@name` of a public channel.'),
  messageThreadId: optionalText('Topic of a group that has topics.'),
  url: Type.String({
    description: 'Address of the Bot API.',
    default: 'https://api.telegram.org',
  }),
  ...plainLook,
  layout: layoutSetting,
});

/** Defaults filled in. */
export type TelegramSettings = Static<typeof schema>;
