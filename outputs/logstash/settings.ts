import { type Static, Type } from 'typebox';
import { serverAt } from '../../src/output/address.ts';
import { alertFormat } from '../../src/output/alert-document.ts';
import { flag, settingsSchema, text } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  address: text('The server, `host` or `host:port`. Without a port: 5044.'),
  plaintext: flag('Speak without TLS: alerts can be read on the way.', false),
  format: alertFormat,
  tags: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    description: 'Tags added to those of each alert.',
    default: [],
    maxItems: 50,
  }),
  confirm: flag(
    'Whether each batch has a connection of its own, and counts as delivered when Logstash has closed it: then it has read everything.',
    false,
  ),
});

/** Defaults filled in. */
export type LogstashSettings = Static<typeof schema>;

export const { mistakesIn, targetOf } = serverAt(5044);
