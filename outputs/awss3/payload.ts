import type { S3Settings } from './settings.ts';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export function objectHeaders({
  acl,
  kmsKey,
}: Pick<S3Settings, 'acl' | 'kmsKey'>): Record<string, string> {
  return {
    ...(acl !== undefined && { 'x-amz-acl': acl }),
    ...(kmsKey !== undefined && {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': kmsKey,
    }),
  };
}
