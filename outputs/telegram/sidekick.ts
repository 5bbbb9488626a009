/** Falcosidekick's `telegram.*`, so that messages look as they did. */
export const sidekick = {
  settings: {
    token: 'telegram.token',
    chatId: 'telegram.chatid',
    messageThreadId: 'telegram.messagethreadid',
    url: 'telegram.host',
  },
  always: { layout: 'falcosidekick', uuidInFooter: false },
};
