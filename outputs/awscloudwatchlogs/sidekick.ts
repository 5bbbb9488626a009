import { awsFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `aws.cloudwatchlogs.*`. */
export const sidekick = {
  settings: {
    logGroup: 'aws.cloudwatchlogs.loggroup',
    logStream: { key: 'aws.cloudwatchlogs.logstream', whenEmpty: 'falcosidekick-logstream' },
  },
  ...awsFrom,
  tls: false,
};
