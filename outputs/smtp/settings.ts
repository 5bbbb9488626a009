import { type Static, Type } from 'typebox';
import { type Address, addressOf, checkAddress } from '../../src/output/address.ts';
import type { Mistake } from '../../src/output/check.ts';
import { mailboxOf } from '../../src/output/mail/mailbox.ts';
import {
  flag,
  optionalSecret,
  optionalText,
  settingsSchema,
  text,
  textLike,
} from '../../src/output/settings.ts';
import type { SmtpServer } from '../../src/output/smtp/pool.ts';

export const schema = settingsSchema({
  host: text('The mail server, `host` or `host:port`. Without a port: 587.'),
  encryption: Type.Optional(
    Type.Union([Type.Literal('starttls'), Type.Literal('implicit'), Type.Literal('none')], {
      description:
        'starttls: TLS before anything of worth is said, or no mail. implicit: TLS from the first byte. none: everything can be read on the way. Default: implicit on port 465, else starttls.',
    }),
  ),
  from: Type.String({ description: 'Sender, `falco@example.org` or `Falco <falco@…>`.' }),
  to: Type.Array(Type.String(), {
    description: 'Recipients. All of them get the same mail.',
    minItems: 1,
    maxItems: 100,
  }),
  auth: Type.Union(
    [
      Type.Literal('plain'),
      Type.Literal('login'),
      Type.Literal('xoauth2'),
      Type.Literal('oauthbearer'),
      Type.Literal('external'),
      Type.Literal('anonymous'),
      Type.Literal('none'),
    ],
    {
      description:
        'How to log in. plain and login: by password, where `user` is set. xoauth2 and oauthbearer: by OAuth 2 token. external: by the client certificate. Nobody logs in where the server does not offer it.',
      default: 'plain',
    },
  ),
  user: optionalText('Who logs in, by password or token.'),
  password: optionalSecret('With auth plain and login: the password.'),
  token: optionalSecret(
    'With auth xoauth2 and oauthbearer: the access token. It expires, so have something renew it in a file: a new one there counts at once.',
  ),
  identity: Type.Optional(
    Type.String({ description: 'With auth plain and external: whom to act for.' }),
  ),
  trace: Type.Optional(
    Type.String({ description: 'With auth anonymous: what the server shall note, an address.' }),
  ),
  heloName: Type.Optional(
    textLike(
      'The name told to the server (EHLO). Default: the host name, if it has a domain, else `[127.0.0.1]`.',
      String.raw`^[A-Za-z0-9.:\[\]_-]{1,255}$`,
    ),
  ),
  outputFormat: Type.Union([Type.Literal('html'), Type.Literal('text')], {
    description: 'html: text with an HTML alternative. text: text only.',
    default: 'html',
  }),
  alertsShownMax: Type.Integer({
    description: 'Alerts shown in one mail when many wait; the rest is counted.',
    minimum: 1,
    maximum: 1000,
    default: 50,
  }),
  showUuid: flag('Whether the mail names the uuid of an alert, for `tocsin why`.', true),
  logoUrl: Type.Optional(
    textLike(
      'Picture above the HTML. Whoever hosts it learns when a mail is read, if the mail program loads it.',
      '^https://',
    ),
  ),
});

/** Defaults filled in. */
export type SmtpSettings = Static<typeof schema>;

const USUAL_PORT = 587;

/** What the schema cannot say. Quotes no secret. */
export function mistakesIn(settings: SmtpSettings): Mistake[] {
  return [
    ...checkAddress('host', settings.host, USUAL_PORT),
    ...mailboxMistakes(settings),
    ...credentialMistakes(settings),
  ];
}

function mailboxMistakes({ from, to }: SmtpSettings): Mistake[] {
  const named = { from, ...Object.fromEntries(to.map((mailbox, n) => [`to.${n}`, mailbox])) };
  return Object.entries(named)
    .filter(([, mailbox]) => mailboxOf(mailbox) === undefined)
    .map(([path]) => ({ path, message: 'is no mail address, as in soc@example.org' }));
}

function credentialMistakes({ auth, user, password, token }: SmtpSettings): Mistake[] {
  const byPassword = auth === 'plain' || auth === 'login';
  const byToken = auth === 'xoauth2' || auth === 'oauthbearer';
  const isMissing = [
    ['user', user, byToken || (byPassword && password !== undefined)],
    ['password', password, byPassword && user !== undefined],
    ['token', token, byToken],
  ] as const;
  return isMissing
    .filter(([, value, isNeeded]) => isNeeded && value === undefined)
    .map(([path]) => ({ path, message: `is missing; auth ${auth} needs it` }));
}

/** Where the server is, and how it is spoken to. */
export function serverOf(settings: SmtpSettings): SmtpServer {
  // Checked when the configuration was loaded.
  const address = addressOf(settings.host, USUAL_PORT) as Address;
  const { encryption = address.port === 465 ? 'implicit' : 'starttls', heloName } = settings;
  return { ...address, encryption, heloName, login: settings };
}
