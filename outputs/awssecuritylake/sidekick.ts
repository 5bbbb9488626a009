import { awsFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `aws.securitylake.*`. */
export const sidekick = {
  settings: {
    bucket: 'aws.securitylake.bucket',
    prefix: { key: 'aws.securitylake.prefix', convert: trimmed },
    accountId: 'aws.securitylake.accountid',
  },
  combined: [
    ...awsFrom.combined,
    // After that of all AWS: the lake may be elsewhere.
    {
      keys: ['aws.securitylake.region'],
      settings: (region: unknown): Record<string, unknown> => ({ region }),
    },
    {
      keys: ['aws.securitylake.interval', 'aws.securitylake.batchsize'],
      settings: batchSettings,
    },
  ],
  remarks: awsFrom.remarks,
  tls: false,
};

function trimmed(prefix: unknown): string {
  return String(prefix).replaceAll(/^\/+|\/+$/g, '');
}

/** Falcosidekick keeps the interval between 5 and 60 minutes. */
function batchSettings(interval: unknown, size: unknown): Record<string, unknown> {
  const minutes = Math.min(60, Math.max(5, Number(interval)));
  const alertsMax = Math.min(1000, Math.max(1, Number(size)));
  return { batch: { alertsMax, wait: `${minutes}m` } };
}
