import type { OutputDefinition } from '../src/output/define.ts';

/** An output is loaded when a configuration uses it. */
export type OutputLoader = () => Promise<OutputDefinition>;

/** The outputs there are, A to Z. The name is the folder's and the `type` in a configuration. */
export const outputs = {
  alertmanager: async () => (await import('./alertmanager/index.ts')).default,
  awscloudwatchlogs: async () => (await import('./awscloudwatchlogs/index.ts')).default,
  awskinesis: async () => (await import('./awskinesis/index.ts')).default,
  awslambda: async () => (await import('./awslambda/index.ts')).default,
  awss3: async () => (await import('./awss3/index.ts')).default,
  awssecuritylake: async () => (await import('./awssecuritylake/index.ts')).default,
  awssns: async () => (await import('./awssns/index.ts')).default,
  awssqs: async () => (await import('./awssqs/index.ts')).default,
  azureeventhub: async () => (await import('./azureeventhub/index.ts')).default,
  cliq: async () => (await import('./cliq/index.ts')).default,
  cloudevents: async () => (await import('./cloudevents/index.ts')).default,
  datadog: async () => (await import('./datadog/index.ts')).default,
  datadoglogs: async () => (await import('./datadoglogs/index.ts')).default,
  dingtalk: async () => (await import('./dingtalk/index.ts')).default,
  discord: async () => (await import('./discord/index.ts')).default,
  dynatrace: async () => (await import('./dynatrace/index.ts')).default,
  elasticsearch: async () => (await import('./elasticsearch/index.ts')).default,
  file: async () => (await import('./file/index.ts')).default,
  fission: async () => (await import('./fission/index.ts')).default,
  fluentd: async () => (await import('./fluentd/index.ts')).default,
  gcpchronicle: async () => (await import('./gcpchronicle/index.ts')).default,
  gcpcloudfunctions: async () => (await import('./gcpcloudfunctions/index.ts')).default,
  gcpcloudrun: async () => (await import('./gcpcloudrun/index.ts')).default,
  gcppubsub: async () => (await import('./gcppubsub/index.ts')).default,
  gcpstorage: async () => (await import('./gcpstorage/index.ts')).default,
  googlechat: async () => (await import('./googlechat/index.ts')).default,
  gotify: async () => (await import('./gotify/index.ts')).default,
  grafana: async () => (await import('./grafana/index.ts')).default,
  grafanaoncall: async () => (await import('./grafanaoncall/index.ts')).default,
  incidentio: async () => (await import('./incidentio/index.ts')).default,
  influxdb: async () => (await import('./influxdb/index.ts')).default,
  jira: async () => (await import('./jira/index.ts')).default,
  jsm: async () => (await import('./jsm/index.ts')).default,
  kafka: async () => (await import('./kafka/index.ts')).default,
  kafkarest: async () => (await import('./kafkarest/index.ts')).default,
  kubeless: async () => (await import('./kubeless/index.ts')).default,
  lark: async () => (await import('./lark/index.ts')).default,
  logstash: async () => (await import('./logstash/index.ts')).default,
  loki: async () => (await import('./loki/index.ts')).default,
  matrix: async () => (await import('./matrix/index.ts')).default,
  mattermost: async () => (await import('./mattermost/index.ts')).default,
  mqtt: async () => (await import('./mqtt/index.ts')).default,
  n8n: async () => (await import('./n8n/index.ts')).default,
  nats: async () => (await import('./nats/index.ts')).default,
  nodered: async () => (await import('./nodered/index.ts')).default,
  ntfy: async () => (await import('./ntfy/index.ts')).default,
  openfaas: async () => (await import('./openfaas/index.ts')).default,
  openobserve: async () => (await import('./openobserve/index.ts')).default,
  opensearch: async () => (await import('./opensearch/index.ts')).default,
  opsgenie: async () => (await import('./opsgenie/index.ts')).default,
  otlplogs: async () => (await import('./otlplogs/index.ts')).default,
  otlpmetrics: async () => (await import('./otlpmetrics/index.ts')).default,
  otlptraces: async () => (await import('./otlptraces/index.ts')).default,
  pagerduty: async () => (await import('./pagerduty/index.ts')).default,
  policyreport: async () => (await import('./policyreport/index.ts')).default,
  postgres: async () => (await import('./postgres/index.ts')).default,
  pushover: async () => (await import('./pushover/index.ts')).default,
  quickwit: async () => (await import('./quickwit/index.ts')).default,
  rabbitmq: async () => (await import('./rabbitmq/index.ts')).default,
  redis: async () => (await import('./redis/index.ts')).default,
  rocketchat: async () => (await import('./rocketchat/index.ts')).default,
  sentinel: async () => (await import('./sentinel/index.ts')).default,
  slack: async () => (await import('./slack/index.ts')).default,
  smtp: async () => (await import('./smtp/index.ts')).default,
  splunk: async () => (await import('./splunk/index.ts')).default,
  spyderbat: async () => (await import('./spyderbat/index.ts')).default,
  stdout: async () => (await import('./stdout/index.ts')).default,
  sumologic: async () => (await import('./sumologic/index.ts')).default,
  syslog: async () => (await import('./syslog/index.ts')).default,
  talon: async () => (await import('./talon/index.ts')).default,
  teams: async () => (await import('./teams/index.ts')).default,
  tekton: async () => (await import('./tekton/index.ts')).default,
  telegram: async () => (await import('./telegram/index.ts')).default,
  timescaledb: async () => (await import('./timescaledb/index.ts')).default,
  tocsin: async () => (await import('./tocsin/index.ts')).default,
  twilio: async () => (await import('./twilio/index.ts')).default,
  wavefront: async () => (await import('./wavefront/index.ts')).default,
  webex: async () => (await import('./webex/index.ts')).default,
  webhook: async () => (await import('./webhook/index.ts')).default,
  webui: async () => (await import('./webui/index.ts')).default,
  wecom: async () => (await import('./wecom/index.ts')).default,
  yandexdatastreams: async () => (await import('./yandexdatastreams/index.ts')).default,
  yandexs3: async () => (await import('./yandexs3/index.ts')).default,
  zincsearch: async () => (await import('./zincsearch/index.ts')).default,
  zulip: async () => (await import('./zulip/index.ts')).default,
} satisfies Record<string, OutputLoader>;

/** How Falcosidekick's keys become the settings of an output. */
export interface SidekickMapping {
  /** For each setting the key it is taken from. */
  readonly settings: Readonly<Record<string, string | SidekickEntry>>;
  /** Settings that hang on several keys. */
  readonly combined?: readonly SidekickCombination[];
  /** Keys that mean nothing here. */
  readonly ignored?: readonly string[];
  /** Settings that keep what Falcosidekick's users see as it was. */
  readonly always?: Readonly<Record<string, unknown>>;
  /** A setting that is a list, each item of which is a destination of its own, hence an output. */
  readonly split?: string;
  /** False where Falcosidekick's client heeds neither `checkcert` nor `mutualtls`. */
  readonly tls?: boolean;
  /** What to tell of a key whose value means something else here, or nothing. */
  readonly remarks?: Readonly<Record<string, (value: unknown) => string | undefined>>;
}

export interface SidekickCombination {
  readonly keys: readonly string[];
  /** Settings, also those of every output, from the values of the keys in their order. */
  readonly settings: (...values: readonly unknown[]) => Readonly<Record<string, unknown>>;
}

export interface SidekickEntry {
  readonly key: string;
  /** Where the values differ. */
  readonly convert?: (value: unknown) => unknown;
  /** What Falcosidekick does with an empty value. Absent: the same as the setting's default. */
  readonly whenEmpty?: unknown;
}

/** The outputs that Falcosidekick has, too, by its id, A to Z. */
export const sidekickMappings: Readonly<Record<string, () => Promise<SidekickMapping>>> = {
  alertmanager: async () => (await import('./alertmanager/sidekick.ts')).sidekick,
  awscloudwatchlogs: async () => (await import('./awscloudwatchlogs/sidekick.ts')).sidekick,
  awskinesis: async () => (await import('./awskinesis/sidekick.ts')).sidekick,
  awslambda: async () => (await import('./awslambda/sidekick.ts')).sidekick,
  awss3: async () => (await import('./awss3/sidekick.ts')).sidekick,
  awssecuritylake: async () => (await import('./awssecuritylake/sidekick.ts')).sidekick,
  awssns: async () => (await import('./awssns/sidekick.ts')).sidekick,
  awssqs: async () => (await import('./awssqs/sidekick.ts')).sidekick,
  azureeventhub: async () => (await import('./azureeventhub/sidekick.ts')).sidekick,
  cliq: async () => (await import('./cliq/sidekick.ts')).sidekick,
  cloudevents: async () => (await import('./cloudevents/sidekick.ts')).sidekick,
  datadog: async () => (await import('./datadog/sidekick.ts')).sidekick,
  datadoglogs: async () => (await import('./datadoglogs/sidekick.ts')).sidekick,
  discord: async () => (await import('./discord/sidekick.ts')).sidekick,
  dynatrace: async () => (await import('./dynatrace/sidekick.ts')).sidekick,
  elasticsearch: async () => (await import('./elasticsearch/sidekick.ts')).sidekick,
  fission: async () => (await import('./fission/sidekick.ts')).sidekick,
  gcpchronicle: async () => (await import('./gcpchronicle/sidekick.ts')).sidekick,
  gcpcloudfunctions: async () => (await import('./gcpcloudfunctions/sidekick.ts')).sidekick,
  gcpcloudrun: async () => (await import('./gcpcloudrun/sidekick.ts')).sidekick,
  gcppubsub: async () => (await import('./gcppubsub/sidekick.ts')).sidekick,
  gcpstorage: async () => (await import('./gcpstorage/sidekick.ts')).sidekick,
  googlechat: async () => (await import('./googlechat/sidekick.ts')).sidekick,
  gotify: async () => (await import('./gotify/sidekick.ts')).sidekick,
  grafana: async () => (await import('./grafana/sidekick.ts')).sidekick,
  grafanaoncall: async () => (await import('./grafanaoncall/sidekick.ts')).sidekick,
  influxdb: async () => (await import('./influxdb/sidekick.ts')).sidekick,
  kafka: async () => (await import('./kafka/sidekick.ts')).sidekick,
  kafkarest: async () => (await import('./kafkarest/sidekick.ts')).sidekick,
  kubeless: async () => (await import('./kubeless/sidekick.ts')).sidekick,
  logstash: async () => (await import('./logstash/sidekick.ts')).sidekick,
  loki: async () => (await import('./loki/sidekick.ts')).sidekick,
  mattermost: async () => (await import('./mattermost/sidekick.ts')).sidekick,
  mqtt: async () => (await import('./mqtt/sidekick.ts')).sidekick,
  n8n: async () => (await import('./n8n/sidekick.ts')).sidekick,
  nats: async () => (await import('./nats/sidekick.ts')).sidekick,
  nodered: async () => (await import('./nodered/sidekick.ts')).sidekick,
  openfaas: async () => (await import('./openfaas/sidekick.ts')).sidekick,
  openobserve: async () => (await import('./openobserve/sidekick.ts')).sidekick,
  opsgenie: async () => (await import('./opsgenie/sidekick.ts')).sidekick,
  otlplogs: async () => (await import('./otlplogs/sidekick.ts')).sidekick,
  otlpmetrics: async () => (await import('./otlpmetrics/sidekick.ts')).sidekick,
  otlptraces: async () => (await import('./otlptraces/sidekick.ts')).sidekick,
  pagerduty: async () => (await import('./pagerduty/sidekick.ts')).sidekick,
  policyreport: async () => (await import('./policyreport/sidekick.ts')).sidekick,
  quickwit: async () => (await import('./quickwit/sidekick.ts')).sidekick,
  rabbitmq: async () => (await import('./rabbitmq/sidekick.ts')).sidekick,
  redis: async () => (await import('./redis/sidekick.ts')).sidekick,
  rocketchat: async () => (await import('./rocketchat/sidekick.ts')).sidekick,
  slack: async () => (await import('./slack/sidekick.ts')).sidekick,
  smtp: async () => (await import('./smtp/sidekick.ts')).sidekick,
  splunk: async () => (await import('./splunk/sidekick.ts')).sidekick,
  spyderbat: async () => (await import('./spyderbat/sidekick.ts')).sidekick,
  sumologic: async () => (await import('./sumologic/sidekick.ts')).sidekick,
  syslog: async () => (await import('./syslog/sidekick.ts')).sidekick,
  talon: async () => (await import('./talon/sidekick.ts')).sidekick,
  teams: async () => (await import('./teams/sidekick.ts')).sidekick,
  tekton: async () => (await import('./tekton/sidekick.ts')).sidekick,
  telegram: async () => (await import('./telegram/sidekick.ts')).sidekick,
  timescaledb: async () => (await import('./timescaledb/sidekick.ts')).sidekick,
  wavefront: async () => (await import('./wavefront/sidekick.ts')).sidekick,
  webex: async () => (await import('./webex/sidekick.ts')).sidekick,
  webhook: async () => (await import('./webhook/sidekick.ts')).sidekick,
  webui: async () => (await import('./webui/sidekick.ts')).sidekick,
  yandexdatastreams: async () => (await import('./yandexdatastreams/sidekick.ts')).sidekick,
  yandexs3: async () => (await import('./yandexs3/sidekick.ts')).sidekick,
  zincsearch: async () => (await import('./zincsearch/sidekick.ts')).sidekick,
};
