import { type Static, Type } from 'typebox';
import { checkAddress } from '../../src/output/address.ts';
import { checkPair, type Mistake } from '../../src/output/check.ts';
import {
  flag,
  optionalSecret,
  optionalText,
  settingsSchema,
  textLike,
} from '../../src/output/settings.ts';
import { isSeed, readCredentials } from '../../src/output/nats/keys.ts';
import { subjectMistake } from './payload.ts';

export const schema = settingsSchema({
  servers: Type.Array(Type.String(), {
    description:
      'Servers of one cluster, `host` or `host:port`; without a port: 4222. When one does not answer the next is asked.',
    minItems: 1,
    maxItems: 32,
  }),
  mode: Type.Enum(['jetstream', 'core'], {
    description:
      'jetstream: an alert is delivered when a stream has stored it. core: when the server has passed it on, to nobody perhaps.',
    default: 'jetstream',
  }),
  subject: Type.String({
    description:
      'Subject of each alert. `<priority>`, `<rule>`, `<source>` and `<hostname>` stand for that of the alert, with `_` for what is no letter or digit.',
    minLength: 1,
    default: 'falco.<priority>.<rule>',
  }),
  stream: Type.Optional(
    textLike(
      'With mode jetstream: the stream that must store the alerts, or none does.',
      String.raw`^[^\s.*>/\\]{1,255}$`,
    ),
  ),
  plaintext: flag(
    'Speak without TLS, unless the server demands it: credentials and alerts can be read on the way.',
    false,
  ),
  tlsFirst: flag('Speak TLS from the first byte on, for servers with `handshake_first`.', false),
  username: optionalText('With password: who.'),
  password: optionalSecret('The password.'),
  token: optionalSecret('A token instead of a user.'),
  nkeySeed: optionalSecret('Seed of an NKEY instead of a user, `SU…`.'),
  credentials: optionalSecret(
    'Content of a `.creds` file (JWT and seed) instead of a user: `${file:/run/secrets/nats.creds}`.',
  ),
  inboxPrefix: textLike(
    'With mode jetstream: where answers come to, if the user may not use `_INBOX`.',
    '^[A-Za-z0-9_-]+(?:[.][A-Za-z0-9_-]+)*$',
    '_INBOX',
  ),
});

/** Defaults filled in. */
export type NatsSettings = Static<typeof schema>;

export const USUAL_PORT = 4222;

/** What the schema cannot say. Quotes no value. */
export function mistakesIn(settings: NatsSettings): Mistake[] {
  const mistakes = settings.servers.flatMap((server, n) =>
    checkAddress(`servers.${n}`, server, USUAL_PORT),
  );
  const message = subjectMistake(settings.subject);
  if (message !== undefined) mistakes.push({ path: 'subject', message });
  if (settings.plaintext && settings.tlsFirst) {
    mistakes.push({ path: 'tlsFirst', message: 'is not possible with plaintext' });
  }
  if (settings.stream !== undefined && settings.mode === 'core') {
    mistakes.push({ path: 'stream', message: 'counts only with `mode: jetstream`' });
  }
  return [...mistakes, ...loginMistakes(settings)];
}

function loginMistakes(settings: NatsSettings): Mistake[] {
  const { username, password, nkeySeed, credentials } = settings;
  const given = (['username', 'token', 'nkeySeed', 'credentials'] as const).filter(
    (name) => settings[name] !== undefined,
  );
  const mistakes: Mistake[] = given.slice(1).map((path) => ({
    path,
    message: `has no use beside ${given[0]}: remove one of them`,
  }));
  mistakes.push(...checkPair({ username, password }));
  if (nkeySeed !== undefined && !isSeed(nkeySeed)) {
    mistakes.push({ path: 'nkeySeed', message: 'is no seed of a user, which begins with SU' });
  }
  if (credentials !== undefined && readCredentials(credentials) === undefined) {
    mistakes.push({ path: 'credentials', message: 'is not the content of a .creds file' });
  }
  return mistakes;
}
