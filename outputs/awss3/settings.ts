import { type Static, Type } from 'typebox';
import { awsMistakes, awsServiceSettings } from '../../src/output/aws.ts';
import type { Mistake } from '../../src/output/check.ts';
import { keyMistakes, objectSettings } from '../../src/output/object-store.ts';
import { settingsSchema, textLike } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  bucket: textLike('Bucket; it must be there.', '^[A-Za-z0-9][A-Za-z0-9._-]{1,253}$'),
  ...awsServiceSettings,
  pathStyle: Type.Optional(
    Type.Boolean({
      description:
        'Whether the bucket stands in the path of a URL, and not in its host. Default: with endpoint it does.',
    }),
  ),
  ...objectSettings,
  acl: Type.Optional(
    textLike(
      'Canned ACL of objects, such as `bucket-owner-full-control`. Buckets without ACLs take only that one.',
      '^[a-z-]{3,64}$',
    ),
  ),
  kmsKey: Type.Optional(
    textLike(
      'ARN of the KMS key that objects are encrypted with. Default: the bucket says.',
      '^[A-Za-z0-9:/_-]{1,256}$',
    ),
  ),
});

/** Defaults filled in. */
export type S3Settings = Static<typeof schema>;

export function mistakesIn(settings: S3Settings): Mistake[] {
  return [...awsMistakes(settings), ...keyMistakes(settings)];
}
