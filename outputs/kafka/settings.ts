import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { checkHttpUrl, type Mistake } from '../../src/output/check.ts';
import {
  flag,
  optionalSecret,
  optionalText,
  settingsSchema,
  template,
  text,
} from '../../src/output/settings.ts';

const sasl = Type.Object(
  {
    mechanism: Type.Enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], {
      description: 'How to prove it.',
    }),
    username: optionalText('All but oauthbearer: the user.'),
    password: optionalSecret('All but oauthbearer: the password.'),
    token: optionalSecret('oauthbearer: the token itself, where something else renews it.'),
    tokenUrl: optionalText('oauthbearer: where to get tokens with clientId and clientSecret.'),
    clientId: optionalText('oauthbearer: who asks for a token.'),
    clientSecret: optionalSecret('oauthbearer: the secret of clientId.'),
    scope: optionalText('oauthbearer: what the token is asked for.'),
  },
  { additionalProperties: false, description: 'Who this hub is. Absent: brokers do not ask.' },
);

export const schema = settingsSchema({
  brokers: Type.Array(Type.String(), {
    description: 'One or more brokers, `host:port`; they name the others.',
    minItems: 1,
    maxItems: 64,
  }),
  topic: text('The topic that gets every alert.'),
  key: Type.Optional(
    template({
      description:
        'Key of the record, as a Go template over the alert: records of a key share a partition, in their order. Default: the delivery key. Empty: none.',
    }),
  ),
  format: alertFormat,
  plaintext: flag('Speak without TLS: passwords and alerts can be read on the way.', false),
  sasl: Type.Optional(sasl),
  acks: Type.Enum(['all', 'leader'], {
    description:
      'Who must have an alert before it counts as delivered. With leader, alerts are lost when that broker fails before others have them.',
    default: 'all',
  }),
  idempotent: flag(
    'Number the records, so that a broker takes none twice when its answer was lost. Needs acks all.',
    false,
  ),
  compression: Type.Enum(['none', 'gzip', 'snappy', 'lz4', 'zstd'], {
    description: 'How records are compressed.',
    default: 'none',
  }),
  createTopic: flag('Let brokers create the topic, where they are configured to.', false),
  clientId: Type.String({
    description: "This hub's name in the brokers' logs, metrics and quotas.",
    minLength: 1,
    default: 'tocsin',
  }),
});

/** Defaults filled in. */
export type KafkaSettings = Static<typeof schema>;
export type SaslSettings = Static<typeof sasl>;

/** What the schema cannot say. Quotes no value. */
export function mistakesIn(settings: KafkaSettings): Mistake[] {
  const { brokers, topic, acks, idempotent } = settings;
  const mistakes = brokers.flatMap((broker, n) =>
    addressOf(broker) === undefined
      ? [{ path: `brokers.${n}`, message: 'is not host:port, as in kafka.example.org:9093' }]
      : [],
  );
  if (!TOPIC.test(topic)) {
    const message = 'is no name of a topic: up to 249 letters, digits, dots, dashes, underscores';
    mistakes.push({ path: 'topic', message });
  }
  if (idempotent && acks !== 'all') {
    mistakes.push({ path: 'idempotent', message: 'is possible with acks: all only' });
  }
  return [...mistakes, ...saslMistakes(settings.sasl)];
}

/** What Kafka itself accepts (org.apache.kafka.common.internals.Topic). */
const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

function saslMistakes(settings: SaslSettings | undefined): Mistake[] {
  if (settings === undefined) return [];
  const { mechanism, token, tokenUrl } = settings;
  const mistakes = Object.keys(settings)
    .filter((name) => name !== 'mechanism' && isUserName(name) === (mechanism === 'oauthbearer'))
    .map((name) => ({ path: `sasl.${name}`, message: `has no use with ${mechanism}: remove it` }));
  if (mechanism !== 'oauthbearer') return [...mistakes, ...missing(settings, USER)];
  if (token !== undefined) return [...mistakes, ...tokenMistakes(settings, token)];
  if (tokenUrl !== undefined) mistakes.push(...checkHttpUrl('sasl.tokenUrl', tokenUrl));
  return [...mistakes, ...missing(settings, CLIENT)];
}

const USER = ['username', 'password'] as const;
const CLIENT = ['tokenUrl', 'clientId', 'clientSecret'] as const;

function isUserName(name: string): boolean {
  return USER.some((one) => one === name);
}

function missing(settings: SaslSettings, names: readonly (keyof SaslSettings)[]): Mistake[] {
  return names
    .filter((name) => settings[name] === undefined)
    .map((name) => ({ path: `sasl.${name}`, message: `is missing for ${settings.mechanism}` }));
}

function tokenMistakes(settings: SaslSettings, token: string): Mistake[] {
  const mistakes: Mistake[] = CLIENT.filter((name) => settings[name] !== undefined).map((name) => ({
    path: `sasl.${name}`,
    message: 'has no use beside token: remove one of them',
  }));
  // RFC 6750, 2.1; anything else could add to what is said to the broker.
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(token)) {
    mistakes.push({ path: 'sasl.token', message: 'has a character that no bearer token has' });
  }
  return mistakes;
}

/** Host and port of `host:port`, `[IPv6]:port`; undefined for anything else. */
export function addressOf(broker: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, digits] = ADDRESS.exec(broker) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

const ADDRESS = /^(?:\[([\da-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/;
