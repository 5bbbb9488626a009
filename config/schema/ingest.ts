import { Type } from 'typebox';
import { bytes, duration, secret } from '../../src/output/settings.ts';
import { closed, filePath, listenAddress } from './blocks.ts';

export const serverTls = Type.Object(
  {
    certFile: filePath({ description: 'Certificate chain, PEM. Read again when it changes.' }),
    keyFile: filePath({ description: 'Private key, PEM. Read again when it changes.' }),
    clientCaFile: Type.Optional(
      filePath({
        description: 'Certificate authority of the senders, PEM: asks for mutual TLS.',
      }),
    ),
    clientAuth: Type.Enum(['require', 'optional'], {
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

export const rate = Type.Object(
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
        'Part of the recent bytes one sender may hold while the queue is over half full and others send, too. It may hold more where another one holds nearly as much (two thirds).',
      minimum: 0.05,
      maximum: 1,
      default: 0.5,
    }),
  },
  { ...closed, description: 'Keeps one sender from starving the others.', default: {} },
);

export const httpIngest = Type.Object(
  {
    address: listenAddress({
      description: 'Where to listen, `host:port`; `[::]` takes IPv4, too.',
      default: '[::]:2801',
    }),
    tls: Type.Optional(serverTls),
    plain: Type.Optional(
      Type.Object(
        {
          address: listenAddress({
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
      minimumMs: 100,
      maximumMs: 3_600_000,
    }),
    rate,
  },
  { ...closed, description: 'Alerts in over HTTP.', default: {} },
);

export const grpcIngest = Type.Object(
  {
    address: listenAddress({ description: 'Where to listen, `host:port`.', default: '[::]:2803' }),
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
