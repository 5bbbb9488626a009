import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Address } from '../../src/output/address.ts';
import { addressOf, checkAddress } from '../../src/output/address.ts';
import { alertFormat } from '../../src/output/alert-document.ts';
import type { Mistake } from '../../src/output/check.ts';
import { flag, settingsSchema, text } from '../../src/output/settings.ts';

const USUAL_PORT = 5044;

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

/** What the schema cannot say. */
export function mistakesIn({ address }: LogstashSettings): Mistake[] {
  return checkAddress('address', address, USUAL_PORT);
}

/** Checked when the configuration was loaded. */
export function targetOf({ address }: LogstashSettings): Address {
  return addressOf(address, USUAL_PORT) as Address;
}
