import { basicAuthFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `influxdb.*`: the same measurement, with every field that holds text as a tag. */
export const sidekick = {
  settings: {
    url: 'influxdb.hostport',
    database: 'influxdb.database',
    organization: 'influxdb.organization',
    bucket: 'influxdb.bucket',
    token: 'influxdb.token',
  },
  combined: [basicAuthFrom('influxdb.user', 'influxdb.password')],
  // It sent no time, to which a precision would belong.
  ignored: ['influxdb.precision'],
  always: { tagFields: ['*'], spaces: 'underscore' },
};
