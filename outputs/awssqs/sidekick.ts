import { awsFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `aws.sqs.*`. */
export const sidekick = { settings: { url: 'aws.sqs.url' }, ...awsFrom, tls: false };
