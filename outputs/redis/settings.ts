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

export const schema = settingsSchema({
  address: text('The server, `host` or `host:port`. Without a port: 6379.'),
  plaintext: flag('Speak without TLS: password and alerts can be read on the way.', false),
  username: optionalText('With password: the ACL user. Absent: `default`.'),
  password: optionalSecret('The password.'),
  database: Type.Integer({
    description: 'Number of the database.',
    minimum: 0,
    maximum: 1_000_000,
    default: 0,
  }),
  store: Type.Enum(['stream', 'list', 'hash'], {
    description:
      'stream: an entry for every alert (XADD). list: pushed at its end (RPUSH). hash: a field for every alert, named by its uuid (HSET).',
    default: 'stream',
  }),
  key: Type.String({
    description: 'Key of the stream, list or hash.',
    minLength: 1,
    default: 'falco',
  }),
  streamLengthMax: Type.Optional(
    Type.Integer({
      description:
        'About how many entries the stream keeps; older ones go, read or not. Absent: all.',
      minimum: 1,
    }),
  ),
});

/** Defaults filled in. */
export type RedisSettings = Static<typeof schema>;

const USUAL_PORT = 6379;

/** What the schema cannot say. Quotes no value. */
export function mistakesIn(settings: RedisSettings): Mistake[] {
  const { address, username, password, store, streamLengthMax } = settings;
  const mistakes = checkAddress('address', address, USUAL_PORT);
  if (username !== undefined && password === undefined) {
    mistakes.push({ path: 'password', message: 'is missing beside username' });
  }
  if (streamLengthMax !== undefined && store !== 'stream') {
    mistakes.push({ path: 'streamLengthMax', message: 'counts only with `store: stream`' });
  }
  return mistakes;
}

/** Checked when the configuration was loaded. */
export function targetOf({ address }: Pick<RedisSettings, 'address'>): Address {
  return addressOf(address, USUAL_PORT) as Address;
}
