import { awsFrom } from '../../src/output/sidekick.ts';

/** Falcosidekick's `aws.sns.*`: text with all fields as attributes, or JSON without any. */
export const sidekick = {
  settings: { topicArn: 'aws.sns.topicarn' },
  combined: [...awsFrom.combined, { keys: ['aws.sns.rawjson'], settings: messageSettings }],
  remarks: awsFrom.remarks,
  tls: false,
};

function messageSettings(rawJson: unknown): Record<string, unknown> {
  return rawJson === true ? { message: 'json', attributes: false } : { message: 'text' };
}
