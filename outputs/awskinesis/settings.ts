import type { Static } from 'typebox';
import { awsServiceSettings } from '../../src/output/aws.ts';
import { streamSettings } from '../../src/output/kinesis.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  stream: textLike(
    'Name of the stream, or its ARN within the account.',
    '^(arn:[a-z-]+:kinesis:[a-z0-9-]+:[0-9]{12}:stream/)?[A-Za-z0-9_.-]{1,128}$',
  ),
  ...awsServiceSettings,
  ...streamSettings,
});

/** Defaults filled in. */
export type KinesisSettings = Static<typeof schema>;
