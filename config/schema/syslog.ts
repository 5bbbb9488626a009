import { Type } from 'typebox';
import { PRIORITIES } from '../../src/alert.ts';
import { bytes, duration } from '../../src/output/settings.ts';
import { closed, listenAddress } from './blocks.ts';
import { rate, serverTls } from './ingest.ts';

const listener = (description: string, address: string) =>
  Type.Optional(
    Type.Object(
      {
        address: listenAddress({ description: 'Where to listen, `host:port`.', default: address }),
      },
      { ...closed, description },
    ),
  );

export const syslogIngest = Type.Object(
  {
    udp: listener('Take datagrams.', '[::]:5514'),
    tcp: listener('Take TCP, octet-counted or in lines.', '[::]:5514'),
    tls: Type.Optional(
      Type.Object(
        {
          address: listenAddress({
            description: 'Where to listen, `host:port`.',
            default: '[::]:6514',
          }),
          ...serverTls.properties,
        },
        { ...closed, description: 'Take TLS (RFC 5425).' },
      ),
    ),
    messageBytesMax: bytes({ description: 'Largest message.', default: '64KiB' }),
    connectionsMax: Type.Integer({ description: 'Open connections.', minimum: 1, default: 1024 }),
    connectionsPerSenderMax: Type.Integer({
      description: 'Open connections from one address.',
      minimum: 1,
      default: 64,
    }),
    idleTimeout: duration({
      description: 'A connection on which nothing comes for so long is closed.',
      default: '1h',
      minimumMs: 1000,
      maximumMs: 86_400_000,
    }),
    minimumPriority: Type.Enum([...PRIORITIES], {
      description:
        'The least severe message that is an alert. A message that holds an alert of another format always is one.',
      default: 'debug',
    }),
    utcOffset: Type.String({
      description: 'Zone of times that have none (RFC 3164): `+07:00`.',
      pattern: '^[+-](?:0\\d|1[0-4]):[0-5]\\d$',
      default: '+00:00',
    }),
    rate,
  },
  {
    ...closed,
    description: 'Alerts in by syslog. Listens only where this section says so.',
  },
);
