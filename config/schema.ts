import { type Static, Type } from 'typebox';
import { auditd } from './schema/auditd.ts';
import { closed } from './schema/blocks.ts';
import { client, compat, log, metrics, shutdown } from './schema/hub.ts';
import { grpcIngest, httpIngest } from './schema/ingest.ts';
import { inputs } from './schema/inputs.ts';
import { k8sAudit } from './schema/k8s-audit.ts';
import { mappings } from './schema/mapping.ts';
import { normalise } from './schema/normalise.ts';
import { otlp } from './schema/otlp.ts';
import { outputsByName } from './schema/output.ts';
import { queue } from './schema/queue.ts';
import { routes, unrouted } from './schema/route.ts';
import { sensors } from './schema/sensors.ts';
import { syslogIngest } from './schema/syslog.ts';
import { tetragon } from './schema/tetragon.ts';

export { outputBase, outputCommon } from './schema/output.ts';

/**
 * The one description of the configuration. Validation, `tocsin.schema.json`, `reference.md` and
 * every output's README come from it.
 */
export const configSchema = Type.Object(
  {
    ingest: Type.Object(
      {
        http: httpIngest,
        grpc: Type.Optional(grpcIngest),
        syslog: Type.Optional(syslogIngest),
        k8sAudit,
        tetragon,
        auditd,
        otlp,
        mappings,
      },
      { ...closed, description: 'How alerts come in.', default: {} },
    ),
    inputs,
    normalise,
    sensors,
    queue,
    outputs: outputsByName,
    routes,
    unrouted,
    client,
    metrics,
    log,
    shutdown,
    compat,
  },
  closed,
);

/** A configuration after validation: defaults filled in, durations in ms, sizes in bytes. */
export type Config = Static<typeof configSchema>;
export type OutputConfig = Config['outputs'][string];
