import { awsFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `aws.kinesis.*`. */
export const sidekick = {
  settings: { stream: 'aws.kinesis.streamname' },
  ...awsFrom,
  tls: false,
};
