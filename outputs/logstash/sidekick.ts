import { hostPort, ownTls } from '../../src/output/sidekick.ts';

/** Falcosidekick's `logstash.*`: the same lines over one connection. */
export const sidekick = {
  settings: {
    plaintext: { key: 'logstash.tls', convert: (tls: unknown) => tls !== true, whenEmpty: true },
    tags: 'logstash.tags',
  },
  combined: [
    {
      keys: ['logstash.address', 'logstash.port'],
      settings: (host: unknown, port: unknown) => ({ address: hostPort(host, port) }),
    },
    {
      keys: [
        'logstash.checkcert',
        'logstash.mutualtls',
        'logstash.cacertfile',
        'logstash.certfile',
        'logstash.keyfile',
      ],
      settings: ownTls,
    },
  ],
  // It has files of its own.
  tls: false,
};
