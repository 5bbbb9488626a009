import { sidekickObjects } from '../../src/output/object-store.ts';
import { awsFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `aws.s3.*`: an object for each alert. */
export const sidekick = {
  settings: {
    bucket: 'aws.s3.bucket',
    endpoint: 'aws.s3.endpoint',
    acl: 'aws.s3.objectcannedacl',
  },
  combined: [...awsFrom.combined, { keys: ['aws.s3.prefix'], settings: sidekickObjects }],
  remarks: awsFrom.remarks,
  tls: false,
};
