import { Type } from 'typebox';
import { closed, filePath } from './blocks.ts';

/** Names of inputs: a metric label and part of log lines, so short and plain. */
const NAME = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$';
const TARGET = '^(unix:(//)?/.+|(dns:///)?(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):\\d{1,5})$';

const falco = Type.Object(
  {
    targets: Type.Array(Type.String({ pattern: TARGET }), {
      description:
        'Where Falco serves: `unix:///run/falco/falco.sock`, `host:5060`, or `dns:///headless:5060` for all addresses of a name, looked up again every 30 s. Nobody else may read from the same Falco: it gives each alert to one.',
      minItems: 1,
      maxItems: 256,
    }),
    tls: Type.Optional(
      Type.Object(
        {
          caFile: filePath({ description: "Certificate authority of Falco's certificate, PEM." }),
          certFile: filePath({ description: 'Certificate of this hub, PEM.' }),
          keyFile: filePath({ description: 'Its private key, PEM.' }),
          serverName: Type.Optional(
            Type.String({
              description:
                "The name in Falco's certificate, where it is not the host of the target. Certificates made by Falco's own instructions have a CN only, often `localhost`.",
              minLength: 1,
            }),
          ),
        },
        {
          ...closed,
          description: 'Mutual TLS, which Falco asks for on TCP. A socket of the machine has none.',
        },
      ),
    ),
  },
  closed,
);

export const falcoGrpc = Type.Record(Type.String({ pattern: NAME }), falco, {
  ...closed,
  description: 'Falco up to 0.43 with `grpc_output`, by a name of your own.',
  default: {},
});
