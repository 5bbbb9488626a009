import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { awsServiceSettings } from '../../src/output/aws.ts';
import { groupSetting } from '../../src/output/aws-messages.ts';
import { flag, settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  topicArn: textLike(
    'ARN of the topic. It says the region, too; one that ends with `.fifo` is FIFO.',
    '^arn:[a-z-]+:sns:[a-z0-9-]*:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\\.fifo)?$',
  ),
  ...awsServiceSettings,
  message: Type.Enum(['json', 'text'], {
    description:
      'json: the alert as JSON, with attributes to filter by. text: the output line, with all fields as attributes, as for mails.',
    default: 'json',
  }),
  attributes: flag('Whether messages have attributes.', true),
  group: groupSetting,
  format: alertFormat,
});

/** Defaults filled in. */
export type SnsSettings = Static<typeof schema>;
