import { type Static, Type } from 'typebox';
import { awsMistakes, awsServiceSettings } from '../../src/output/aws.ts';
import type { Mistake } from '../../src/output/check.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  bucket: textLike('Bucket of the lake.', '^[A-Za-z0-9][A-Za-z0-9._-]{1,253}$'),
  prefix: Type.String({
    description: 'Where the custom source is in the bucket: `ext/<source>`.',
    minLength: 1,
    maxLength: 256,
  }),
  accountId: textLike('Account that the alerts are about.', '^[A-Za-z0-9_-]{1,64}$'),
  ...awsServiceSettings,
  acl: textLike('Canned ACL of objects.', '^[a-z-]{3,64}$', 'bucket-owner-full-control'),
});

/** Defaults filled in. */
export type SecurityLakeSettings = Static<typeof schema>;

export function mistakesIn(settings: SecurityLakeSettings): Mistake[] {
  const parts = settings.prefix.replaceAll(/^\/+|\/+$/g, '').split('/');
  const isWrong = parts.some((part) => ['', '.', '..'].includes(part) || /\p{Cc}/u.test(part));
  return [
    ...awsMistakes(settings),
    ...(isWrong ? [{ path: 'prefix', message: 'has an empty part, `.` or `..`' }] : []),
  ];
}
