import type { SidekickValue } from './coerce.ts';
import { sidekickKeys, sidekickOutputs } from './keys.ts';
import type { SidekickSettings } from './resolve.ts';

/** What changes when this hub takes Falcosidekick's place with this configuration, on purpose. */
export function differencesOf(settings: SidekickSettings): readonly string[] {
  return differences.filter(({ applies }) => applies?.(settings) ?? true).map(({ text }) => text);
}

interface Difference {
  readonly text: string;
  /** Absent: always. */
  readonly applies?: (settings: SidekickSettings) => boolean;
}

/** Every deliberate difference. */
export const differences: readonly Difference[] = [
  {
    text: 'An alert is answered when it is on disk. Give queue.directory a volume, or what waits is gone with the container.',
  },
  {
    text: 'What an output does not take is sent again, and after retry.ageMax it is a dead letter. It was lost before.',
  },
  {
    text: 'Other methods than POST get 405. A body that is no alert gets 422 and JSON; compat.sidekickStatus makes it 400.',
  },
  { text: 'A valid uuid of the sender is kept. It was replaced before.' },
  { text: 'Nothing is cut at 512 bytes or 4 KiB.' },
  { text: 'The rule "Test rule" is a rule like any other: it passes no minimum priority.' },
  {
    text: 'An attempt ends after 30 s, redirects stay on their host, and link-local and cloud metadata addresses are refused.',
  },
  { text: 'A file that cannot be read or parsed does not start. It meant the defaults before.' },
  {
    text: 'A value of the wrong type turns its output off, and the hub says so. It counted as zero before.',
  },
  { text: 'There is no image for arm/v7, because there is no Node.js for it.' },
  {
    text: 'A login that the mail server refuses stops the mails, and the hub says so. They went on without it before.',
    applies: ({ values }) => values['smtp.hostport'] !== '' && values['smtp.user'] !== '',
  },
  {
    text: 'pagerduty.region eu sends to the EU. Everything went to the US before.',
    applies: ({ values }) =>
      values['pagerduty.routingkey'] !== '' && /^eu$/i.test(values['pagerduty.region'] as string),
  },
  {
    text: 'alertmanager.dropeventthresholds is what is documented, where nobody sets it: Falcosidekick cannot read its own default, so that a count had a label of its own and was critical up to 10000, and had no priority beyond.',
    applies: ({ values, sources }) =>
      hasItems(values['alertmanager.hostport']) && !sources.has('alertmanager.dropeventthresholds'),
  },
  {
    text: 'Variables that Falcosidekick documents and ignores unless the file has the key, too, count (§ in the table of keys), such as NATS_MINIMUMPRIORITY or REDIS_TLS. Remove those that are not meant.',
    applies: ({ values, sources }) =>
      [...sources].some(
        ([key, { kind }]) => kind === 'env' && wasIgnored(key) && isOfOutput(key, values),
      ),
  },
  {
    text: 'alertmanager.hostport with several hosts makes several outputs (alertmanager, alertmanager-2): each has a queue and metrics of its own.',
    applies: ({ values }) => hasItems(values['alertmanager.hostport'], 2),
  },
  {
    text: 'CloudEvents: an answer that is no 2xx is no delivery, an alert keeps its id when it is sent again, and text in headers is percent-encoded. Every answer counted before.',
    applies: ({ values }) => values['cloudevents.address'] !== '',
  },
  {
    text: 'Teams: a workflow gets an Adaptive Card, which is all it shows. A connector at webhook.office.com gets a MessageCard as before.',
    applies: ({ values }) => values['teams.webhookurl'] !== '',
  },
  {
    text: 'StatsD and DogStatsD get sums every 10 s, of every output. They got a line for each count before, none from most outputs, and StatsD lines with tags.',
    applies: ({ values }) =>
      values['statsd.forwarder'] !== '' || values['dogstatsd.forwarder'] !== '',
  },
  {
    text: 'The minimum priority "info" means informational. It let everything through before.',
    applies: (settings) =>
      hasValue(settings, '.minimumpriority', (value) => /^info$/i.test(value as string)),
  },
  {
    text: 'maxconcurrentrequests 0 means 64. It was without a limit before.',
    applies: (settings) =>
      hasValue(
        settings,
        '.maxconcurrentrequests',
        (value, key) => value === 0 && settings.sources.has(key),
      ),
  },
  {
    text: 'Elasticsearch: alerts go in bulk requests, each with an _id of its own, so that one that is sent again is there once. The date in the name of an index is the day on which the alert came in, in UTC. It was the local day of sending.',
    applies: hasElasticsearch,
  },
  {
    text: 'Elasticsearch: a field that the mapping refuses goes as text, in output_fields_unmapped. It was left out, with @timestamp, and other refusals counted as delivered.',
    applies: hasElasticsearch,
  },
  {
    text: 'Elasticsearch: the index template that createindextemplate writes has output_fields as flattened: search it by output_fields.proc_name, without .keyword. One that is there already stays as it is.',
    applies: ({ values }) => values['elasticsearch.createindextemplate'] === true,
  },
  {
    text: 'gcp.cloudrun: the certificate of the service is verified. It was not before.',
    applies: ({ values }) => values['gcp.cloudrun.endpoint'] !== '',
  },
  {
    text: 'gcp.storage, aws.s3, yandex.s3: the day in a name is the one on which the alert came in, in UTC, and a name has a key of the alert. It was the time of sending, and two alerts could have one name.',
    applies: ({ values }) =>
      ['gcp.storage.bucket', 'aws.s3.bucket', 'yandex.s3.bucket'].some((key) => values[key] !== ''),
  },
  {
    text: 'aws.securitylake: an alert is a Detection Finding of OCSF 1.5.0 (class 2004). It was a Security Finding of 0.1.0 (class 2001): register the custom source for the other class. Names of objects have no slash in front.',
    applies: ({ values }) => values['aws.securitylake.bucket'] !== '',
  },
  {
    text: 'aws.lambda: a function that fails is a failure, and gets the alert again. It counted as success before.',
    applies: ({ values }) => values['aws.lambda.functionname'] !== '',
  },
  {
    text: 'azure.eventhub: an alert is sent once. It was sent twice before.',
    applies: ({ values }) => values['azure.eventhub.name'] !== '',
  },
  {
    text: 'TimescaleDB: a statement that fails keeps its alerts waiting; a value that a column does not take makes a dead letter. Both were lost before.',
    applies: ({ values }) => values['timescaledb.host'] !== '',
  },
  {
    text: "InfluxDB: a point has the alert's time, and nothing in an alert can break its line. It had the server's time. The alert's tags are a field.",
    applies: ({ values }) => values['influxdb.hostport'] !== '',
  },
  {
    text: 'OTLP traces: alerts of every source are sent, and those that name no pod, container or host. They were dropped before.',
    applies: ({ values }) => values['otlp.traces.endpoint'] !== '',
  },
  {
    text: "OTLP logs: the severity follows the priority, and the time is the alert's. They were INFO and the time of sending.",
    applies: ({ values }) => values['otlp.logs.endpoint'] !== '',
  },
  {
    text: 'OTLP metrics: the counter of alerts alone is sent. /metrics has the counters of requests and deliveries.',
    applies: ({ values }) => values['otlp.metrics.endpoint'] !== '',
  },
  {
    text: 'Wavefront: times are seconds. They were nanoseconds, which it does not take.',
    applies: ({ values }) => values['wavefront.endpointhost'] !== '',
  },
];

function hasItems(value: SidekickValue | undefined, atLeast = 1): boolean {
  return Array.isArray(value) && value.length >= atLeast;
}

function hasElasticsearch({ values }: SidekickSettings): boolean {
  return values['elasticsearch.hostport'] !== '';
}

function hasValue(
  { values }: SidekickSettings,
  ending: string,
  test: (value: SidekickValue, key: string) => boolean,
): boolean {
  return Object.entries(values).some(([key, value]) => key.endsWith(ending) && test(value, key));
}

function wasIgnored(key: string): boolean {
  return sidekickKeys.get(key)?.binding === 'documented';
}

/** Whether a key belongs to an output that is on. */
function isOfOutput(key: string, values: SidekickSettings['values']): boolean {
  return sidekickOutputs.some(
    ({ section, enabledBy }) =>
      key.startsWith(`${section}.`) &&
      enabledBy.every((name) => values[name] !== '' && values[name] !== false),
  );
}
