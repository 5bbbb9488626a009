import { type Static, Type } from 'typebox';
import { optionalSecret, settingsSchema, template } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  url: Type.String({ description: 'Address of the server, `https://gotify.example.org`.' }),
  token: optionalSecret('Token of an application.'),
  format: Type.Enum(['markdown', 'plaintext', 'json'], {
    description: 'How a message is written. json: the alert as JSON.',
    default: 'markdown',
  }),
  title: template({
    description: 'The title, as a Go template over the alert.',
    default: '[{{ .Priority }}] {{ .Rule }}',
  }),
  facts: Type.Enum(['all', 'falcosidekick'], {
    description:
      'all: with the host name and the uuid, for `tocsin why`. falcosidekick: as Falcosidekick writes it; its Markdown is shown as plain text, because it calls it `markdown` where Gotify wants `text/markdown`.',
    default: 'all',
  }),
});

/** Defaults filled in. */
export type GotifySettings = Static<typeof schema>;
