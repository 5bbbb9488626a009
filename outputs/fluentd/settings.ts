import type { Static } from 'typebox';
import { type Address, addressOf, checkAddress } from '../../src/output/address.ts';
import { checkPair, type Mistake } from '../../src/output/check.ts';
import {
  flag,
  optionalSecret,
  optionalText,
  settingsSchema,
  text,
  textLike,
} from '../../src/output/settings.ts';
import { placeholderMistake } from '../../src/output/tokens.ts';

const USUAL_PORT = 24_224;

export const schema = settingsSchema({
  address: text('Fluentd or Fluent Bit, `host` or `host:port`. Without a port: 24224.'),
  plaintext: flag('Speak without TLS: alerts can be read on the way.', false),
  tag: textLike(
    'Tag of each alert. `<priority>`, `<rule>`, `<source>` and `<hostname>` stand for that of the alert, with `_` for what is no letter or digit.',
    '^[!-~]{1,200}$',
    'falco.<priority>',
  ),
  sharedKey: optionalSecret('`shared_key` of the server: both prove that they know it.'),
  hostname: textLike(
    '`self_hostname` that the hub gives, with sharedKey.',
    '^[!-~]{1,255}$',
    'tocsin',
  ),
  username: optionalText('With password: a user of the server, which then wants sharedKey, too.'),
  password: optionalSecret('Password of username.'),
});

/** Defaults filled in. */
export type FluentdSettings = Static<typeof schema>;

/** What the schema cannot say. Quotes no secret. */
export function mistakesIn(settings: FluentdSettings): Mistake[] {
  const { address, tag, username, password, sharedKey } = settings;
  const mistakes = [
    ...checkAddress('address', address, USUAL_PORT),
    ...checkPair({ username, password }),
  ];
  const message = placeholderMistake(tag);
  if (message !== undefined) mistakes.push({ path: 'tag', message });
  if (username !== undefined && sharedKey === undefined) {
    mistakes.push({ path: 'sharedKey', message: 'is missing beside username' });
  }
  return mistakes;
}

/** Checked when the configuration was loaded. */
export function targetOf({ address }: FluentdSettings): Address {
  return addressOf(address, USUAL_PORT) as Address;
}
