import { Type } from 'typebox';
import { FILE_FORMATS } from '../../src/ingest/file/settings.ts';
import { bytes } from '../../src/output/settings.ts';
import { closed, listenAddress } from './blocks.ts';
import { falcoGrpc } from './falco-grpc.ts';
import { serverTls } from './ingest.ts';

/** Names of inputs: a metric label and part of log lines, so short and plain. */
const INPUT_NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$';

const file = Type.Object(
  {
    paths: Type.Array(Type.String({ pattern: '^/' }), {
      description:
        'Absolute names of files, or globs (`/var/log/containers/falco-*.log`), without those that rotation makes.',
      minItems: 1,
      maxItems: 64,
    }),
    format: Type.Enum([...FILE_FORMATS], {
      description: 'What the lines are; `auto`: by their shape. Others are refused.',
      default: 'auto',
    }),
    start: Type.Enum(['beginning', 'end'], {
      description: 'Where to begin in files that are there when the input runs for the first time.',
      default: 'end',
    }),
    lineBytesMax: bytes({ description: 'Longest line.', default: '1MiB' }),
    hostname: Type.Optional(
      Type.String({ description: 'Host of alerts that name none.', minLength: 1, maxLength: 253 }),
    ),
    cluster: Type.Optional(
      Type.String({
        description: 'Cluster of the API server that writes the audit events.',
        minLength: 1,
        maxLength: 253,
      }),
    ),
  },
  closed,
);

const auditd = Type.Object(
  {
    address: listenAddress({
      description:
        'Where to listen, `host:port`. Whoever reaches it can send events of any host: without client certificates there is no authentication.',
      default: '127.0.0.1:1060',
    }),
    tls: Type.Optional(serverTls),
    connectionsMax: Type.Integer({ description: 'Open connections.', minimum: 1, default: 256 }),
    connectionsPerSenderMax: Type.Integer({
      description: 'Open connections from one address.',
      minimum: 1,
      default: 16,
    }),
  },
  {
    ...closed,
    description:
      "auditd's records over TCP or TLS, a line each, as audisp-remote sends them with `format = ascii`. Listens only when this section is there.",
  },
);

export const inputs = Type.Object(
  {
    auditd: Type.Optional(auditd),
    falcoGrpc,
    file: Type.Record(Type.String({ pattern: INPUT_NAME_PATTERN }), file, {
      ...closed,
      description: 'Files that are followed, by a name of your own.',
      default: {},
    }),
  },
  { ...closed, description: 'Where the hub gets alerts by itself.', default: {} },
);
