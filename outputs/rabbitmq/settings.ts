import { type Static, Type } from 'typebox';
import { type Address, addressOf, checkAddress } from '../../src/output/address.ts';
import type { Mistake } from '../../src/output/check.ts';
import { flag, secret, settingsSchema, text } from '../../src/output/settings.ts';
import { placeholderMistake } from '../../src/output/tokens.ts';

/** What AMQP writes with one byte for its length. */
const SHORT_TEXT = { minLength: 1, maxLength: 200 };

export const schema = settingsSchema({
  address: text('The server, `host` or `host:port`. Without a port: 5671, with plaintext 5672.'),
  plaintext: flag('Speak without TLS: password and alerts can be read on the way.', false),
  virtualHost: Type.String({ description: 'The virtual host.', ...SHORT_TEXT, default: '/' }),
  username: Type.String({ description: 'Who logs in.', minLength: 1, default: 'guest' }),
  password: secret({ description: 'The password.', default: 'guest' }),
  queue: Type.Optional(
    Type.String({ description: 'The queue that gets every alert.', ...SHORT_TEXT }),
  ),
  exchange: Type.Optional(
    Type.String({
      description: 'Instead of a queue: the exchange that every alert is published to.',
      ...SHORT_TEXT,
    }),
  ),
  routingKey: Type.String({
    description:
      'With exchange: the routing key of each alert. `<priority>`, `<rule>`, `<source>` and `<hostname>` stand for that of the alert, with `_` for what is no letter or digit.',
    maxLength: 200,
    default: 'falco.<priority>.<rule>',
  }),
  contentType: Type.String({
    description: 'What messages say that they are.',
    ...SHORT_TEXT,
    default: 'application/json',
  }),
});

/** Defaults filled in. */
export type RabbitSettings = Static<typeof schema>;

const usualPort = (plaintext: boolean): number => (plaintext ? 5672 : 5671);

/** What the schema cannot say. Quotes no value. */
export function mistakesIn(settings: RabbitSettings): Mistake[] {
  const { address, plaintext, queue, exchange, routingKey } = settings;
  const mistakes = checkAddress('address', address, usualPort(plaintext));
  if (queue === undefined && exchange === undefined) {
    mistakes.push({ path: 'queue', message: 'is missing: name a queue or an exchange' });
  }
  if (queue !== undefined && exchange !== undefined) {
    mistakes.push({ path: 'exchange', message: 'has no use beside queue: remove one of them' });
  }
  const message = placeholderMistake(routingKey);
  if (message !== undefined) mistakes.push({ path: 'routingKey', message });
  return mistakes;
}

/** Checked when the configuration was loaded. */
export function targetOf({ address, plaintext }: RabbitSettings): Address {
  return addressOf(address, usualPort(plaintext)) as Address;
}
