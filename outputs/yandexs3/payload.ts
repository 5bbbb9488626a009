import type { AwsService } from '../../src/output/aws.ts';
import type { Bucket } from '../../src/output/s3.ts';
import type { YandexS3Settings } from './settings.ts';

/** In Falcosidekick, too, the bucket stands in the path. */
export function bucketOf(
  service: AwsService,
  { bucket }: Pick<YandexS3Settings, 'bucket'>,
): Bucket {
  return { service, name: bucket, isInPath: true };
}
