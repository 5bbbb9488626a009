import type { Static } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { awsServiceSettings } from '../../src/output/aws.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  logGroup: textLike('Log group; it must be there.', '^[A-Za-z0-9._/#-]{1,512}$'),
  logStream: textLike('Log stream; it is made where it is missing.', '^[^:*]{1,512}$', 'tocsin'),
  ...awsServiceSettings,
  format: alertFormat,
});

/** Defaults filled in. */
export type CloudWatchSettings = Static<typeof schema>;
