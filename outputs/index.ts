import type { OutputDefinition } from '../src/output/define.ts';

/** An output is loaded when a configuration uses it. */
export type OutputLoader = () => Promise<OutputDefinition>;

/** The outputs there are, A to Z. The name is the folder's and the `type` in a configuration. */
export const outputs = {
  alertmanager: async () => (await import('./alertmanager/index.ts')).default,
  cloudevents: async () => (await import('./cloudevents/index.ts')).default,
  datadog: async () => (await import('./datadog/index.ts')).default,
  datadoglogs: async () => (await import('./datadoglogs/index.ts')).default,
  elasticsearch: async () => (await import('./elasticsearch/index.ts')).default,
  file: async () => (await import('./file/index.ts')).default,
  fission: async () => (await import('./fission/index.ts')).default,
  gotify: async () => (await import('./gotify/index.ts')).default,
  grafanaoncall: async () => (await import('./grafanaoncall/index.ts')).default,
  incidentio: async () => (await import('./incidentio/index.ts')).default,
  influxdb: async () => (await import('./influxdb/index.ts')).default,
  jira: async () => (await import('./jira/index.ts')).default,
  jsm: async () => (await import('./jsm/index.ts')).default,
  kafka: async () => (await import('./kafka/index.ts')).default,
  kafkarest: async () => (await import('./kafkarest/index.ts')).default,
  kubeless: async () => (await import('./kubeless/index.ts')).default,
  loki: async () => (await import('./loki/index.ts')).default,
  mqtt: async () => (await import('./mqtt/index.ts')).default,
  n8n: async () => (await import('./n8n/index.ts')).default,
  nats: async () => (await import('./nats/index.ts')).default,
  nodered: async () => (await import('./nodered/index.ts')).default,
  ntfy: async () => (await import('./ntfy/index.ts')).default,
  openfaas: async () => (await import('./openfaas/index.ts')).default,
  opsgenie: async () => (await import('./opsgenie/index.ts')).default,
  otlplogs: async () => (await import('./otlplogs/index.ts')).default,
  otlpmetrics: async () => (await import('./otlpmetrics/index.ts')).default,
  otlptraces: async () => (await import('./otlptraces/index.ts')).default,
  pagerduty: async () => (await import('./pagerduty/index.ts')).default,
  postgres: async () => (await import('./postgres/index.ts')).default,
  pushover: async () => (await import('./pushover/index.ts')).default,
  rabbitmq: async () => (await import('./rabbitmq/index.ts')).default,
  redis: async () => (await import('./redis/index.ts')).default,
  slack: async () => (await import('./slack/index.ts')).default,
  smtp: async () => (await import('./smtp/index.ts')).default,
  splunk: async () => (await import('./splunk/index.ts')).default,
  spyderbat: async () => (await import('./spyderbat/index.ts')).default,
  stdout: async () => (await import('./stdout/index.ts')).default,
  talon: async () => (await import('./talon/index.ts')).default,
  tekton: async () => (await import('./tekton/index.ts')).default,
  timescaledb: async () => (await import('./timescaledb/index.ts')).default,
  tocsin: async () => (await import('./tocsin/index.ts')).default,
  twilio: async () => (await import('./twilio/index.ts')).default,
  wavefront: async () => (await import('./wavefront/index.ts')).default,
  webhook: async () => (await import('./webhook/index.ts')).default,
  webui: async () => (await import('./webui/index.ts')).default,
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
  cloudevents: async () => (await import('./cloudevents/sidekick.ts')).sidekick,
  datadog: async () => (await import('./datadog/sidekick.ts')).sidekick,
  datadoglogs: async () => (await import('./datadoglogs/sidekick.ts')).sidekick,
  elasticsearch: async () => (await import('./elasticsearch/sidekick.ts')).sidekick,
  fission: async () => (await import('./fission/sidekick.ts')).sidekick,
  gotify: async () => (await import('./gotify/sidekick.ts')).sidekick,
  grafanaoncall: async () => (await import('./grafanaoncall/sidekick.ts')).sidekick,
  influxdb: async () => (await import('./influxdb/sidekick.ts')).sidekick,
  kafka: async () => (await import('./kafka/sidekick.ts')).sidekick,
  kafkarest: async () => (await import('./kafkarest/sidekick.ts')).sidekick,
  kubeless: async () => (await import('./kubeless/sidekick.ts')).sidekick,
  loki: async () => (await import('./loki/sidekick.ts')).sidekick,
  mqtt: async () => (await import('./mqtt/sidekick.ts')).sidekick,
  n8n: async () => (await import('./n8n/sidekick.ts')).sidekick,
  nats: async () => (await import('./nats/sidekick.ts')).sidekick,
  nodered: async () => (await import('./nodered/sidekick.ts')).sidekick,
  openfaas: async () => (await import('./openfaas/sidekick.ts')).sidekick,
  opsgenie: async () => (await import('./opsgenie/sidekick.ts')).sidekick,
  otlplogs: async () => (await import('./otlplogs/sidekick.ts')).sidekick,
  otlpmetrics: async () => (await import('./otlpmetrics/sidekick.ts')).sidekick,
  otlptraces: async () => (await import('./otlptraces/sidekick.ts')).sidekick,
  pagerduty: async () => (await import('./pagerduty/sidekick.ts')).sidekick,
  rabbitmq: async () => (await import('./rabbitmq/sidekick.ts')).sidekick,
  redis: async () => (await import('./redis/sidekick.ts')).sidekick,
  slack: async () => (await import('./slack/sidekick.ts')).sidekick,
  smtp: async () => (await import('./smtp/sidekick.ts')).sidekick,
  splunk: async () => (await import('./splunk/sidekick.ts')).sidekick,
  spyderbat: async () => (await import('./spyderbat/sidekick.ts')).sidekick,
  talon: async () => (await import('./talon/sidekick.ts')).sidekick,
  tekton: async () => (await import('./tekton/sidekick.ts')).sidekick,
  timescaledb: async () => (await import('./timescaledb/sidekick.ts')).sidekick,
  wavefront: async () => (await import('./wavefront/sidekick.ts')).sidekick,
  webhook: async () => (await import('./webhook/sidekick.ts')).sidekick,
  webui: async () => (await import('./webui/sidekick.ts')).sidekick,
};
