import { crc32 } from 'node:zlib';
import { awsResult } from './aws-answer.ts';
import type { AwsService } from './aws.ts';
import { foreignAnswer } from './answer.ts';
import type { SingleResult } from './define.ts';
import type { StoredObject } from './object-store.ts';
import { percentEncoded } from './sigv4.ts';

/** Objects in S3, and in what speaks like it. */

/** A bucket, and the address below which its objects are. */
export interface Bucket {
  readonly service: AwsService;
  readonly name: string;
  /** Whether the bucket stands in the path, and not in the host. */
  readonly isInPath: boolean;
}

/** Writes an object; written again, it is the same object. */
export async function putObject(
  bucket: Bucket,
  { key, body, contentType }: StoredObject,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<SingleResult> {
  const answer = await bucket.service.request({
    method: 'PUT',
    url: objectUrl(bucket, key),
    headers: { ...headers, 'content-type': contentType, 'x-amz-checksum-crc32': checksum(body) },
    body,
    signal,
  });
  const result = awsResult(answer);
  // Every store of this kind names what it has stored by its hash.
  if (result.outcome !== 'delivered' || answer.headers['etag'] !== undefined) return result;
  return foreignAnswer(answer, 'S3 answers with an ETag');
}

/** As Falcosidekick's client sends it: CRC-32 of the body, in base64. */
export function checksum(body: Uint8Array): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

/** Buckets with a dot cannot stand in the host of a certificate. */
export function objectUrl({ service, name, isInPath }: Bucket, key: string): string {
  const path = `/${key.split('/').map(percentEncoded).join('/')}`;
  if (isInPath || name.includes('.')) return service.url(`/${name}${path}`);
  const url = new URL(service.url('/'));
  return `${url.protocol}//${name}.${url.host}${path}`;
}
