import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { awsServiceSettings } from '../../src/output/aws.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  function: textLike('Function: name, `name:alias` or ARN.', '^[A-Za-z0-9:_$-]{1,256}$'),
  ...awsServiceSettings,
  invocationType: Type.Enum(['RequestResponse', 'Event'], {
    description:
      'RequestResponse: the hub waits for the function, and sends an alert again on which it failed. Event: Lambda queues the alert.',
    default: 'RequestResponse',
  }),
  format: alertFormat,
});

/** Defaults filled in. */
export type LambdaSettings = Static<typeof schema>;
