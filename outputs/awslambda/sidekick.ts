import { awsFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `aws.lambda.*`. */
export const sidekick = {
  settings: {
    function: 'aws.lambda.functionname',
    invocationType: { key: 'aws.lambda.invocationtype', convert: eventOrElse },
  },
  combined: awsFrom.combined,
  // The end of the function's own log: nobody ever saw it.
  ignored: ['aws.lambda.logtype'],
  remarks: { ...awsFrom.remarks, 'aws.lambda.invocationtype': dryRunRemark },
  tls: false,
};

function eventOrElse(type: unknown): 'Event' | 'RequestResponse' {
  return type === 'Event' ? 'Event' : 'RequestResponse';
}

function dryRunRemark(type: unknown): string | undefined {
  if (type === 'DryRun') return 'would run no function: RequestResponse is used instead';
  return undefined;
}
