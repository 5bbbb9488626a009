import type { Static } from 'typebox';
import { Type } from 'typebox';
import { layoutSetting, plainLook } from '../../src/output/chat-settings.ts';
import { secret } from '../../src/output/settings.ts';

export const schema = Type.Object(
  {
    token: secret({ description: 'Token of the bot, from BotFather.', minLength: 1 }),
    chatId: Type.String({
      description: 'Chat: its number, negative for a group, or `@name` of a public channel.',
      minLength: 1,
    }),
    messageThreadId: Type.Optional(
      Type.String({ description: 'Topic of a group that has topics.', minLength: 1 }),
    ),
    url: Type.String({
      description: 'Address of the Bot API.',
      default: 'https://api.telegram.org',
    }),
    ...plainLook,
    layout: layoutSetting,
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type TelegramSettings = Static<typeof schema>;
