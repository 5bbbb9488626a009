import type { Static } from 'typebox';
import { Type } from 'typebox';
import { PRIORITIES } from '../src/alert.ts';
import { bytes, duration, secret } from '../src/output/settings.ts';

/**
 * The one description of the configuration. Validation, `tocsin.schema.json`, `reference.md` and
 * every output's README come from it.
 */

const closed = { additionalProperties: false } as const;

const priority = Type.Union(
  PRIORITIES.map((name) => Type.Literal(name)),
  { description: 'From most to least severe: emergency … debug.' },
);

const serverTls = Type.Object(
  {
    certFile: Type.String({ description: 'Certificate chain, PEM. Read again when it changes.' }),
    keyFile: Type.String({ description: 'Private key, PEM. Read again when it changes.' }),
    clientCaFile: Type.Optional(
      Type.String({
        description: 'Certificate authority of the senders, PEM: asks for mutual TLS.',
      }),
    ),
    clientAuth: Type.Union([Type.Literal('require'), Type.Literal('optional')], {
      description:
        'With clientCaFile: whether a sender without a certificate is refused at the handshake.',
      default: 'require',
    }),
    clientNames: Type.Array(Type.String(), {
      description:
        "Names a sender's certificate may carry (SAN of type DNS, URI, IP or e-mail, else CN); `*` stands for one label. Empty: any certificate of that authority.",
      default: [],
    }),
  },
  { ...closed, description: 'Serve TLS.' },
);

const namedToken = Type.Object(
  {
    name: Type.String({ description: 'The sender this token stands for.', minLength: 1 }),
    token: secret({ description: 'The token.', minLength: 8 }),
    tokenNext: Type.Optional(
      secret({
        description: 'A second token, valid beside the first while it is changed.',
        minLength: 8,
      }),
    ),
  },
  closed,
);

const basicUser = Type.Object(
  {
    username: Type.String({ description: 'User name; also the name of the sender.', minLength: 1 }),
    password: secret({ description: 'Password.' }),
  },
  closed,
);

const rate = Type.Object(
  {
    alertsPerSecond: Type.Number({
      description: 'Alerts a sender may send in a second, on average. 0: no limit.',
      minimum: 0,
      default: 0,
    }),
    burst: Type.Integer({
      description: 'Alerts a sender may send at once before the average counts.',
      minimum: 1,
      default: 10_000,
    }),
    shareMax: Type.Number({
      description:
        'Part of the recent bytes one sender may hold while the queue is over half full and others send, too.',
      minimum: 0.05,
      maximum: 1,
      default: 0.5,
    }),
  },
  { ...closed, description: 'Keeps one sender from starving the others.', default: {} },
);

const httpIngest = Type.Object(
  {
    address: Type.String({
      description: 'Where to listen, `host:port`; `[::]` takes IPv4, too.',
      default: '[::]:2801',
    }),
    tls: Type.Optional(serverTls),
    plain: Type.Optional(
      Type.Object(
        {
          address: Type.String({
            description: 'Where to listen without TLS.',
            default: '[::]:2810',
          }),
          paths: Type.Array(Type.String(), {
            description: 'Paths served there, and there only.',
            default: ['/ping', '/healthz', '/readyz', '/metrics'],
          }),
        },
        { ...closed, description: 'With tls: a second listener without it, for probes.' },
      ),
    ),
    auth: Type.Object(
      {
        tokens: Type.Array(namedToken, {
          description: 'Bearer tokens (`Authorization: Bearer …`).',
          default: [],
        }),
        basic: Type.Array(basicUser, { description: 'HTTP Basic users.', default: [] }),
        paths: Type.Array(namedToken, {
          description: 'Tokens in the path, `POST /in/<token>`: for Falco, which sends no headers.',
          default: [],
        }),
      },
      {
        ...closed,
        description:
          'Who may send. Any one of these, or a client certificate, lets a sender in; none configured lets everybody in.',
        default: {},
      },
    ),
    bodyBytesMax: bytes({ description: 'Largest single alert.', default: '1MiB' }),
    batchBytesMax: bytes({ description: 'Largest array or NDJSON body.', default: '8MiB' }),
    batchAlertsMax: Type.Integer({
      description: 'Alerts in one body at most.',
      minimum: 1,
      maximum: 100_000,
      default: 10_000,
    }),
    connectionsMax: Type.Integer({ description: 'Open connections.', minimum: 1, default: 4096 }),
    connectionsPerSenderMax: Type.Integer({
      description: 'Open connections from one address.',
      minimum: 1,
      default: 1024,
    }),
    requestTimeout: duration({
      description: 'Time for a whole request to arrive.',
      default: '15s',
    }),
    rate,
  },
  { ...closed, description: 'Alerts in over HTTP.', default: {} },
);

const grpcIngest = Type.Object(
  {
    address: Type.String({ description: 'Where to listen, `host:port`.', default: '[::]:2803' }),
    tls: Type.Optional(serverTls),
    auth: Type.Object(
      {
        tokens: Type.Array(namedToken, {
          description: 'Bearer tokens (metadata `authorization`).',
          default: [],
        }),
      },
      { ...closed, description: 'Who may send.', default: {} },
    ),
    rate,
  },
  { ...closed, description: 'Alerts in over gRPC. Listens only when this section is there.' },
);

const normalise = Type.Object(
  {
    customFields: Type.Record(Type.String(), Type.String(), {
      description: 'Fields written into every alert.',
      default: {},
    }),
    templatedFields: Type.Record(Type.String(), Type.String({ format: 'go-template' }), {
      description: 'Fields made from the others by a Go template; the root is the map of fields.',
      default: {},
    }),
    customTags: Type.Array(Type.String(), {
      description: 'Tags added to every alert.',
      default: [],
    }),
    bracketReplacer: Type.String({
      description: 'Replaces `[` in field names, and drops `]`. Empty: names stay.',
      default: '',
    }),
    outputFieldFormat: Type.String({
      description:
        'Rewrites the output line; knows <timestamp>, <priority>, <output>, <custom_fields>, <templated_fields>, <tags>.',
      default: '',
    }),
  },
  { ...closed, description: 'What is done to every alert on its way in.', default: {} },
);

const queue = Type.Object(
  {
    directory: Type.String({
      description: 'Where alerts are kept. Put it on a volume that outlives the process.',
      default: '/var/lib/tocsin',
    }),
    bytesMax: Type.Optional(
      bytes({
        description:
          'Most the queue may take on disk (never more than 80 % of the volume). Default 2GiB; 256MiB where the directory dies with the container.',
      }),
    ),
    historyMax: Type.Optional(
      bytes({
        description:
          'Delivered alerts are kept for `why` and `alerts` while the queue takes less than this. Default: half of bytesMax.',
      }),
    ),
    whenFull: Type.Union([Type.Literal('shed'), Type.Literal('reject')], {
      description:
        'shed: give up the oldest of the lowest priority, recorded as gaps. reject: answer 503, for senders that send again.',
      default: 'shed',
    }),
    orphanMax: duration({
      description: 'How long alerts wait for an output that is no longer configured.',
      default: '7d',
    }),
  },
  { ...closed, description: 'The queue on disk.', default: {} },
);

/** Keys every output has beside its own settings. */
export const outputCommon = {
  minimumPriority: Type.Optional(priority),
  formerly: Type.Optional(
    Type.String({
      description: 'The name this output had before: it takes over what waits there.',
    }),
  ),
  concurrency: Type.Optional(
    Type.Integer({ description: 'Attempts under way at once.', minimum: 1, maximum: 64 }),
  ),
  batch: Type.Optional(
    Type.Object(
      {
        alertsMax: Type.Optional(
          Type.Integer({ description: 'Alerts in one attempt.', minimum: 1, maximum: 1000 }),
        ),
        bytesMax: Type.Optional(bytes({ description: 'Bytes in one attempt.' })),
        wait: Type.Optional(duration({ description: 'How long a batch waits to fill.' })),
      },
      { ...closed, description: 'How alerts are put together.' },
    ),
  ),
  timeout: duration({ description: 'Longest time for one attempt.', default: '30s' }),
  staleAfter: Type.Optional(
    duration({
      description:
        'Alerts that waited longer go into one summary instead of one by one. 0: never. Default: 1h for chat, 30m for alerting, never elsewhere.',
    }),
  ),
  retry: Type.Object(
    {
      ageMax: duration({
        description:
          'How long a single alert may keep failing, while others are delivered, before it is a dead letter.',
        default: '24h',
      }),
    },
    { ...closed, description: 'When to give up on an alert.', default: {} },
  ),
  tls: Type.Optional(
    Type.Object(
      {
        caFile: Type.Optional(
          Type.String({
            description: "Certificate authority of the destination, beside the system's.",
          }),
        ),
        certFile: Type.Optional(Type.String({ description: 'Client certificate, PEM.' })),
        keyFile: Type.Optional(Type.String({ description: 'Client key, PEM.' })),
        serverName: Type.Optional(
          Type.String({ description: "Name the destination's certificate must carry." }),
        ),
        verify: Type.Boolean({
          description: "Verify the destination's certificate. false is for tests only.",
          default: true,
        }),
      },
      { ...closed, description: 'How this output speaks TLS.' },
    ),
  ),
  proxy: Type.Optional(
    Type.String({
      description: 'HTTP proxy for this output; `none` ignores HTTP_PROXY and its kin.',
    }),
  ),
  allowDestinations: Type.Array(Type.String(), {
    description:
      'Addresses this output may reach though they are refused by default (link-local, cloud metadata).',
    default: [],
  }),
} as const;

/** An output as far as every output is alike; its own settings are checked by its own schema. */
export const outputBase = Type.Object(
  {
    type: Type.String({ description: 'Which output this is; see the table of outputs.' }),
    ...outputCommon,
  },
  { additionalProperties: true },
);

const route = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'Shown by `tocsin explain`.' })),
    match: Type.Optional(
      Type.String({ description: 'CEL expression over the alert. Absent: every alert.' }),
    ),
    outputs: Type.Array(Type.String(), { description: 'Names of outputs.', minItems: 0 }),
    continue: Type.Boolean({
      description: 'Whether later routes are tried, too, after this one matched.',
      default: false,
    }),
  },
  closed,
);

export const configSchema = Type.Object(
  {
    ingest: Type.Object(
      { http: httpIngest, grpc: Type.Optional(grpcIngest) },
      { ...closed, description: 'How alerts come in.', default: {} },
    ),
    normalise,
    queue,
    outputs: Type.Record(
      Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$' }),
      outputBase,
      {
        description: 'Where alerts go, by name. Any number of each type.',
        default: {},
      },
    ),
    routes: Type.Array(route, {
      description:
        'Tried in order; the first that matches takes the alert unless it says `continue`. None: every output gets what its minimumPriority lets through.',
      default: [],
    }),
    unrouted: Type.Union(
      [Type.Literal('all'), Type.Literal('none'), Type.Array(Type.String(), { minItems: 1 })],
      {
        description:
          'Who gets an alert that no route took, or on which an expression failed: all outputs, none, or these.',
        default: 'all',
      },
    ),
    client: Type.Object(
      {
        caFile: Type.Optional(
          Type.String({
            description: "Certificate authority for all outputs, beside the system's.",
          }),
        ),
        allowDestinations: Type.Array(Type.String(), {
          description: 'Refused addresses that every output may reach all the same.',
          default: [],
        }),
      },
      { ...closed, description: 'How all outputs reach their destinations.', default: {} },
    ),
    metrics: Type.Object(
      {
        extraLabels: Type.Array(Type.String(), {
          description: 'Fields shown as labels of falcosecurity_falcosidekick_falco_events_total.',
          default: [],
          maxItems: 16,
        }),
        seriesMax: Type.Integer({
          description:
            'Series a metric with labels from alerts may have; the rest counts as `other`.',
          minimum: 10,
          maximum: 100_000,
          default: 2000,
        }),
      },
      { ...closed, description: 'Prometheus metrics.', default: {} },
    ),
    log: Type.Object(
      {
        level: Type.Union(
          ['trace', 'debug', 'info', 'warn', 'error'].map((level) => Type.Literal(level)),
          { description: 'The least severe level that is logged.', default: 'info' },
        ),
        format: Type.Union(
          ['auto', 'json', 'pretty'].map((format) => Type.Literal(format)),
          { description: 'auto: pretty on a terminal, else JSON.', default: 'auto' },
        ),
      },
      { ...closed, description: 'Logs go to stderr.', default: {} },
    ),
    shutdown: Type.Object(
      {
        grace: duration({ description: 'Time from SIGTERM to exit.', default: '25s' }),
        lameDuck: duration({
          description: 'How long the listener stays open after SIGTERM, not ready any more.',
          default: '5s',
        }),
      },
      { ...closed, description: 'How the hub stops.', default: {} },
    ),
    compat: Type.Object(
      {
        sidekickStatus: Type.Boolean({
          description: 'Answer 400 where this hub would answer 422, as Falcosidekick does.',
          default: false,
        }),
      },
      { ...closed, description: "Falcosidekick's ways.", default: {} },
    ),
  },
  closed,
);

/** A configuration after validation: defaults filled in, durations in ms, sizes in bytes. */
export type Config = Static<typeof configSchema>;
export type OutputConfig = Config['outputs'][string];
