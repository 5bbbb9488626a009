import type { Static } from 'typebox';
import { Type } from 'typebox';
import { secret, template } from '../../src/output/settings.ts';

export const schema = Type.Object(
  {
    webhookUrl: secret({ description: 'Incoming-webhook URL of the channel.' }),
    channel: Type.Optional(
      Type.String({
        description:
          'Another channel than the URL belongs to, `#name` or `@user`. Webhooks of Slack apps ignore it.',
        minLength: 1,
      }),
    ),
    username: Type.String({ description: 'Sender shown in Slack.', default: 'Tocsin' }),
    iconUrl: Type.Optional(Type.String({ description: 'Picture of the sender.', minLength: 1 })),
    footer: Type.String({ description: 'Small text under every alert.', default: '' }),
    uuidInFooter: Type.Boolean({
      description: 'Whether the footer names the uuid of the alert, for `tocsin why`.',
      default: true,
    }),
    outputFormat: Type.Union([Type.Literal('all'), Type.Literal('text'), Type.Literal('fields')], {
      description: 'text: the output line. fields: the table of fields. all: both.',
      default: 'all',
    }),
    messageFormat: Type.Optional(
      template({ description: 'Text above the alert, as a Go template over the alert.' }),
    ),
    attachmentsMax: Type.Integer({
      description:
        'Alerts shown in one message when many wait; the rest is counted. Slack allows 100.',
      minimum: 1,
      maximum: 100,
      default: 20,
    }),
    unfurlLinks: Type.Boolean({
      description:
        'Whether Slack may fetch a link that stands in an alert to show a preview: whoever put the link there then knows that it was seen.',
      default: false,
    }),
  },
  { additionalProperties: false },
);

/** Defaults filled in. */
export type SlackSettings = Static<typeof schema>;
