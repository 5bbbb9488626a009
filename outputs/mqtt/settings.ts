import { type Static, Type } from 'typebox';
import { type Address, addressOf, checkAddress } from '../../src/output/address.ts';
import type { Mistake } from '../../src/output/check.ts';
import {
  flag,
  optionalSecret,
  optionalText,
  settingsSchema,
  text,
} from '../../src/output/settings.ts';
import { placeholderMistake, withoutPlaceholders } from '../../src/output/tokens.ts';

export const schema = settingsSchema({
  address: text('The broker, `host` or `host:port`. Without a port: 8883, with plaintext 1883.'),
  plaintext: flag('Speak without TLS: password and alerts can be read on the way.', false),
  version: Type.Enum(['5', '3.1.1'], {
    description: 'Version of MQTT. Only with 5 does a broker say why it takes an alert not.',
    default: '5',
  }),
  topic: Type.String({
    description:
      'Topic of each alert. `<priority>`, `<rule>`, `<source>` and `<hostname>` stand for that of the alert, with `_` for what is no letter or digit.',
    minLength: 1,
    maxLength: 1000,
    default: 'falco/events',
  }),
  qos: Type.Enum([0, 1, 2], {
    description:
      '0: the broker has read it. 1: the broker has acknowledged it. 2: so that subscribers get it once, for as long as the connection lasts.',
    default: 1,
  }),
  retain: flag('Whether the broker keeps the last alert of each topic for new subscribers.', false),
  clientId: Type.Optional(
    Type.String({
      description: 'Who this hub is to the broker, and nobody else may be. Absent: it chooses.',
      minLength: 1,
      maxLength: 256,
    }),
  ),
  username: optionalText('Who logs in.'),
  password: optionalSecret('The password.'),
});

/** Defaults filled in. */
export type MqttSettings = Static<typeof schema>;

const usualPort = (plaintext: boolean): number => (plaintext ? 1883 : 8883);

/** What the schema cannot say. Quotes no value. */
export function mistakesIn(settings: MqttSettings): Mistake[] {
  const { address, plaintext, topic, username, password } = settings;
  const mistakes = checkAddress('address', address, usualPort(plaintext));
  const message = topicMistake(topic);
  if (message !== undefined) mistakes.push({ path: 'topic', message });
  if (password !== undefined && username === undefined) {
    mistakes.push({ path: 'username', message: 'is missing beside password' });
  }
  return mistakes;
}

/** @see https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901241 */
function topicMistake(topic: string): string | undefined {
  if (topic.startsWith('$')) return 'begins with $, which belongs to the broker';
  if (/[+#\p{Cc}]/u.test(withoutPlaceholders(topic))) return 'has + or #, which mean many topics';
  return placeholderMistake(topic);
}

/** Checked when the configuration was loaded. */
export function targetOf({ address, plaintext }: MqttSettings): Address {
  return addressOf(address, usualPort(plaintext)) as Address;
}
