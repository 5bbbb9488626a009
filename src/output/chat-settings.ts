import { Type } from 'typebox';
import { flag, optionalText, secret, template } from './settings.ts';

/** Settings that outputs to a chat have in common. */

/** What an alert looks like in a channel. */
export interface ChatLook {
  readonly messageFormat?: string | undefined;
  readonly outputFormat: 'all' | 'text' | 'fields';
  readonly footer: string;
  readonly uuidInFooter: boolean;
}

const footerSettings = {
  footer: Type.String({ description: 'Small text under every alert.', default: '' }),
  uuidInFooter: flag('Whether the footer names the uuid of the alert, for `tocsin why`.', true),
};

const outputFormatSetting = Type.Union(
  [Type.Literal('all'), Type.Literal('text'), Type.Literal('fields')],
  { description: 'text: the output line. fields: the table of fields. all: both.', default: 'all' },
);

/** The same where a text may do without the alert's own. */
export const formatsWithTemplate = Type.Union(
  [...outputFormatSetting.anyOf, Type.Literal('template')],
  {
    description:
      'text: the output line. fields: the table of fields. all: both. template: what messageFormat says, and nothing else.',
    default: 'all',
  },
);

export const messageFormatSetting = Type.Optional(
  template({ description: 'Text above the alert, as a Go template over the alert.' }),
);

/** All of `ChatLook`. */
export const lookSettings = {
  ...footerSettings,
  outputFormat: outputFormatSetting,
  messageFormat: messageFormatSetting,
};

/** Whom a message comes from. */
export const senderSettings = (where: string) => ({
  username: Type.String({ description: `Sender shown in ${where}.`, default: 'Tocsin' }),
  iconUrl: optionalText('Picture of the sender.'),
});

/** The URL is all that is needed to post. */
export const webhookUrlSetting = (whose: string) => ({
  webhookUrl: secret({ description: `Incoming-webhook URL of the ${whose}.` }),
});

/** Both: what most outputs to a chat need. */
export const postedLook = (whose: string) => ({ ...webhookUrlSetting(whose), ...lookSettings });

/** How many alerts one message shows. */
export const shownMaxSetting = (defaultMax: number, maximum: number) =>
  Type.Integer({
    description: 'Alerts shown in one message when many wait; the rest is counted.',
    minimum: 1,
    maximum,
    default: defaultMax,
  });

/** For outputs whose text Falcosidekick puts in an order of its own. */
export const layoutSetting = Type.Union([Type.Literal('standard'), Type.Literal('falcosidekick')], {
  description: "How the text is laid out: as here described, or as Falcosidekick's.",
  default: 'standard',
});

/** For chats whose text is made by the hub alone. */
export const plainLook = {
  ...footerSettings,
  outputFormat: outputFormatSetting,
  shownMax: shownMaxSetting(10, 20),
};
