import { appendedLines } from '../../outputs/file/payload.ts';
import type { FileSettings } from '../../outputs/file/settings.ts';
import { chunksOf, recordOf } from '../../outputs/fluentd/payload.ts';
import type { FluentdSettings } from '../../outputs/fluentd/settings.ts';
import { recordMaker } from '../../outputs/kafka/payload.ts';
import type { KafkaSettings } from '../../outputs/kafka/settings.ts';
import { lineOf } from '../../outputs/logstash/payload.ts';
import type { LogstashSettings } from '../../outputs/logstash/settings.ts';
import { publishPacket } from '../../outputs/mqtt/payload.ts';
import type { MqttSettings } from '../../outputs/mqtt/settings.ts';
import { messageOf as natsMessage } from '../../outputs/nats/payload.ts';
import type { NatsSettings } from '../../outputs/nats/settings.ts';
import { reportResult } from '../../outputs/policyreport/payload.ts';
import { insertOf as postgresInsert } from '../../outputs/postgres/payload.ts';
import type { PostgresSettings } from '../../outputs/postgres/settings.ts';
import { messageOf as rabbitMessage } from '../../outputs/rabbitmq/payload.ts';
import type { RabbitSettings } from '../../outputs/rabbitmq/settings.ts';
import { commandsOf } from '../../outputs/redis/payload.ts';
import type { RedisSettings } from '../../outputs/redis/settings.ts';
import type { SmtpSettings } from '../../outputs/smtp/settings.ts';
import { lines } from '../../outputs/stdout/payload.ts';
import { messageOf as syslogMessage } from '../../outputs/syslog/payload.ts';
import type { SyslogSettings } from '../../outputs/syslog/settings.ts';
import { insertOf as timescaleInsert } from '../../outputs/timescaledb/payload.ts';
import type { TimescaleSettings } from '../../outputs/timescaledb/settings.ts';
import { payloadOf } from '../../outputs/tocsin/payload.ts';
import type { Delivery } from '../../src/output/define.ts';
import type { Statement } from '../../src/output/postgres/insert.ts';
import { mailOf } from '../../src/output/mail/mail.ts';
import { indented } from './indent.ts';
import { sampleDelivery } from './sample-alert.ts';

/** What outputs send that do not speak HTTP, or would not without a file or a server at hand. */
export function sampleRecord(id: string, settings: never): string | undefined {
  return RECORDS[id]?.(settings, sampleDelivery());
}

const RECORDS: Readonly<Record<string, (settings: never, delivery: Delivery) => string>> = {
  file: ({ format }: FileSettings, one) => appendedLines([one], format),
  fluentd: (settings: FluentdSettings, one) =>
    chunksOf([one], settings)
      .map(({ tag }) => parts({ tag, time: one.alert.time }, JSON.stringify(recordOf(one.alert))))
      .join('\n'),
  kafka(settings: KafkaSettings, one) {
    const { key, headers, value } = recordMaker(settings)(one);
    return parts({ key, ...headers }, value);
  },
  logstash: (settings: LogstashSettings, one) => lineOf(one, settings),
  mqtt(settings: MqttSettings, one) {
    const { topic, qos, retain, payload, properties } = publishPacket(settings, one, 1);
    return parts({ topic, qos, retain, ...properties?.userProperties }, String(payload));
  },
  nats(settings: NatsSettings, one) {
    const { subject, headers, data } = natsMessage(settings, one);
    return parts({ subject, ...headers }, data);
  },
  policyreport: (_: never, one) => JSON.stringify(reportResult(one)),
  postgres: (settings: PostgresSettings, one) => statementText(postgresInsert(settings, [one])),
  rabbitmq(settings: RabbitSettings, one) {
    const { exchange, routingKey, properties, body } = rabbitMessage(settings, one);
    const { headers, ...others } = properties;
    return parts({ exchange, routingKey, ...others, ...headers }, body);
  },
  redis: (settings: RedisSettings, one) =>
    commandsOf(settings, [one])
      .map((words) => words.map(indented).join(' '))
      .join('\n'),
  smtp(settings: SmtpSettings, one) {
    const { subject, date, text } = mailOf(settings, [one], []);
    return parts({ Subject: subject, Date: date.toISOString() }, text);
  },
  stdout: (settings: { format: 'json' | 'text' }, one) => lines(settings.format, [one], false),
  syslog: (settings: SyslogSettings, one) => syslogMessage(one, settings),
  timescaledb: (settings: TimescaleSettings, one) =>
    statementText(timescaleInsert(settings, [one])),
  tocsin(_: never, one) {
    const payload = payloadOf(one);
    if (!('alert' in payload)) throw new Error('the sample alert is refused');
    const { raw_json: json, ...others } = payload.alert;
    return parts(others, json);
  },
};

/** What stands beside a body, a line each, then the body. */
function parts(beside: object, body: string): string {
  const lines = Object.entries(beside)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${String(value)}`);
  return [...lines, '', indented(body)].join('\n');
}

function statementText({ text, values }: Statement): string {
  const lines = values.map((value, n) => `$${n + 1}: ${String(value)}`);
  return [text, ...lines].join('\n');
}
