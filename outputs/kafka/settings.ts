import { type Static, Type } from 'typebox';
import { addressOf } from '../../src/output/address.ts';
import { alertFormat } from '../../src/output/alert-document.ts';
import type { Mistake } from '../../src/output/check.ts';
import { checkSasl, saslLogin } from '../../src/output/kafka/sasl.ts';
import { flag, settingsSchema, template, text } from '../../src/output/settings.ts';

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
  sasl: Type.Optional(saslLogin),
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

/** What the schema cannot say. Quotes no value. */
export function mistakesIn({ brokers, topic, acks, idempotent, sasl }: KafkaSettings): Mistake[] {
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
  return sasl === undefined ? mistakes : [...mistakes, ...checkSasl('sasl', sasl)];
}

/** What Kafka itself accepts (org.apache.kafka.common.internals.Topic). */
const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;
