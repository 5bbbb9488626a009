import { Type } from 'typebox';
import { duration } from '../../src/output/settings.ts';
import { closed } from './blocks.ts';

export const sensors = Type.Object(
  {
    silentAfter: Type.Optional(
      duration({
        description:
          'A sensor of which nothing was heard for longer is told by an alert of the hub. Absent: only those in silentAfterOf are missed.',
      }),
    ),
    silentAfterOf: Type.Record(
      Type.String(),
      duration({ description: 'The time of this one; 0: it is not missed.' }),
      {
        description:
          'The same by name: a host name of alerts, or a sender as the metrics show it (`token:edge`, or an address).',
        default: {},
      },
    ),
    forgetAfter: duration({
      description: 'A sensor is forgotten, and its metrics go, when nothing was heard for so long.',
      default: '7d',
    }),
    sensorsMax: Type.Integer({
      description:
        'Sensors that are tracked; one sender may name hosts for half of them, and so may all together that have no credential.',
      minimum: 10,
      maximum: 100_000,
      default: 2000,
    }),
    metricsSnapshots: Type.Enum(['deliver', 'keepOut'], {
      description:
        "Falco's `metrics snapshot` alerts feed the metrics tocsin_sensor_*. keepOut: they are counted, and are no alerts.",
      default: 'deliver',
    }),
  },
  { ...closed, description: 'Who sends alerts, and who has stopped.', default: {} },
);
