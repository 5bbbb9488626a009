import { Type } from 'typebox';
import { PRIORITIES } from '../../src/alert.ts';
import { bytes, duration, secret } from '../../src/output/settings.ts';
import { closed, filePath } from './blocks.ts';

/** Keys every output has beside its own settings. */
export const outputCommon = {
  minimumPriority: Type.Optional(
    Type.Enum([...PRIORITIES], {
      description: 'The least severe priority this output gets. Absent: all.',
    }),
  ),
  formerly: Type.Optional(
    Type.String({
      description: 'The name this output had before: it takes over what waits there.',
    }),
  ),
  concurrency: Type.Optional(
    Type.Integer({
      description: "Attempts under way at once. Default: the output's own.",
      minimum: 1,
      maximum: 64,
    }),
  ),
  batch: Type.Optional(
    Type.Object(
      {
        alertsMax: Type.Optional(
          Type.Integer({ description: 'Alerts in one attempt.', minimum: 1, maximum: 1000 }),
        ),
        bytesMax: Type.Optional(bytes({ description: 'Bytes in one attempt.' })),
        wait: Type.Optional(
          duration({ description: 'How long a batch waits to fill.', maximumMs: 3_600_000 }),
        ),
      },
      { ...closed, description: "How alerts are put together. Default: the output's own." },
    ),
  ),
  timeout: duration({
    description: 'Longest time for one attempt.',
    default: '30s',
    minimumMs: 100,
    maximumMs: 3_600_000,
  }),
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
          filePath({
            description: "Certificate authority of the destination, beside the system's.",
          }),
        ),
        certFile: Type.Optional(filePath({ description: 'Client certificate, PEM.' })),
        keyFile: Type.Optional(filePath({ description: 'Client key, PEM.' })),
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
    secret({
      description: 'HTTP proxy for this output; `none` ignores HTTP_PROXY and its kin.',
      pattern: '^(none|https?://\\S+)$',
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

/** Names of outputs: a metric label and part of log lines, so short and plain. */
export const OUTPUT_NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$';

export const outputsByName = Type.Record(
  Type.String({ pattern: OUTPUT_NAME_PATTERN }),
  outputBase,
  {
    ...closed,
    description: 'Where alerts go, by name. Any number of each type.',
    default: {},
  },
);
