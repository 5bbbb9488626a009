import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Address } from '../../src/output/address.ts';
import { addressOf, checkAddress } from '../../src/output/address.ts';
import { alertFormat } from '../../src/output/alert-document.ts';
import type { Mistake } from '../../src/output/check.ts';

const USUAL_PORT = 5044;

export const schema = Type.Object(
  {
    address: Type.String({
      description: 'The server, `host` or `host:port`. Without a port: 5044.',
      minLength: 1,
    }),
    plaintext: Type.Boolean({
      description: 'Speak without TLS: alerts can be read on the way.',
      default: false,
    }),
    format: alertFormat,
    tags: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      description: 'Tags added to those of each alert.',
      default: [],
      maxItems: 50,
    }),
    confirm: Type.Boolean({
      description:
        'Whether each batch has a connection of its own, and counts as delivered when Logstash has closed it: then it has read everything.',
      default: false,
    }),
  },
  { additionalProperties: false },
);

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
