import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { awsServiceSettings } from '../../src/output/aws.ts';
import { settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  logGroup: Type.String({
    description: 'Log group; it must be there.',
    pattern: '^[A-Za-z0-9._/#-]{1,512}$',
  }),
  logStream: Type.String({
    description: 'Log stream; it is made where it is missing.',
    default: 'tocsin',
    pattern: '^[^:*]{1,512}$',
  }),
  ...awsServiceSettings,
  format: alertFormat,
});

/** Defaults filled in. */
export type CloudWatchSettings = Static<typeof schema>;
