import { Type } from 'typebox';
import { duration } from '../../src/output/settings.ts';
import { closed, filePath, listenAddress } from './blocks.ts';

/** What concerns the hub as a whole. */

export const client = Type.Object(
  {
    caFile: Type.Optional(
      filePath({ description: "Certificate authority for all outputs, beside the system's." }),
    ),
    allowDestinations: Type.Array(Type.String(), {
      description: 'Refused addresses that every output may reach all the same.',
      default: [],
    }),
  },
  { ...closed, description: 'How all outputs reach their destinations.', default: {} },
);

const statsd = {
  address: Type.String({
    description: 'Host and port of the receiver, 8125 unless named.',
    pattern: '^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?$',
  }),
  prefix: Type.String({
    description: 'Stands before each name.',
    pattern: '^[A-Za-z0-9_.-]*$',
    default: 'falcosidekick.',
  }),
  interval: duration({ description: 'How often it is told.', default: '10s' }),
};
const falcoExporter = Type.Object(
  {
    address: listenAddress({
      description: 'Where `/metrics` has falco_events and nothing else.',
      default: '[::]:9376',
    }),
    probesAddress: listenAddress({
      description: 'Where `/liveness` and `/readiness` answer, without TLS.',
      default: '[::]:19376',
    }),
    tls: Type.Optional(
      Type.Object(
        {
          certFile: filePath({
            description: 'Certificate chain, PEM. Read again when it changes.',
          }),
          keyFile: filePath({ description: 'Private key, PEM. Read again when it changes.' }),
          clientCaFile: Type.Optional(
            filePath({
              description: 'Certificate authority of those who read, PEM: asks for mutual TLS.',
            }),
          ),
        },
        { ...closed, description: 'Serve the metrics with TLS.' },
      ),
    ),
  },
  {
    ...closed,
    description:
      "Take falco-exporter's place: its metric on its addresses, with its probes. Listens only when this section is there.",
  },
);

export const metrics = Type.Object(
  {
    extraLabels: Type.Array(Type.String(), {
      description: 'Fields shown as labels of falcosecurity_falcosidekick_falco_events_total.',
      default: [],
      maxItems: 16,
    }),
    seriesMax: Type.Integer({
      description: 'Series a metric with labels from alerts may have; the rest counts as `other`.',
      minimum: 10,
      maximum: 100_000,
      default: 2000,
    }),
    seriesMaxAge: duration({
      description: 'A series with labels from alerts goes when none came for so long.',
      default: '24h',
    }),
    falcoEvents: Type.Boolean({
      description: "Show falco-exporter's metric falco_events as well.",
      default: false,
    }),
    statsd: Type.Optional(
      Type.Object(statsd, {
        ...closed,
        description:
          "Falcosidekick's counters for StatsD, over UDP: `outputs.<output>.ok` and the like.",
      }),
    ),
    dogstatsd: Type.Optional(
      Type.Object(
        {
          ...statsd,
          tags: Type.Array(Type.String({ minLength: 1 }), {
            description: 'Tags of all counters, `key:value`.',
            default: [],
            maxItems: 32,
          }),
        },
        {
          ...closed,
          description:
            'The same for DogStatsD, with tags: `outputs` with `output` and `status`, and the like.',
        },
      ),
    ),
    falcoExporter: Type.Optional(falcoExporter),
  },
  { ...closed, description: 'Metrics for Prometheus, and for others.', default: {} },
);

export const log = Type.Object(
  {
    level: Type.Enum(['trace', 'debug', 'info', 'warn', 'error'], {
      description: 'The least severe level that is logged.',
      default: 'info',
    }),
    format: Type.Enum(['auto', 'json', 'pretty'], {
      description: 'auto: pretty on a terminal, else JSON.',
      default: 'auto',
    }),
  },
  { ...closed, description: 'Logs go to stderr.', default: {} },
);

export const shutdown = Type.Object(
  {
    grace: duration({
      description: 'Time from SIGTERM to exit.',
      default: '25s',
      maximumMs: 3_600_000,
    }),
    lameDuck: duration({
      description: 'How long the listener stays open after SIGTERM, not ready any more.',
      default: '5s',
      maximumMs: 3_600_000,
    }),
  },
  { ...closed, description: 'How the hub stops.', default: {} },
);

export const compat = Type.Object(
  {
    sidekickStatus: Type.Boolean({
      description: 'Answer 400 where this hub would answer 422, as Falcosidekick does.',
      default: false,
    }),
  },
  { ...closed, description: "Falcosidekick's ways.", default: {} },
);
