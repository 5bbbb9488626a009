import { createHash } from 'node:crypto';

/** Names the alerts of this hub among all uuids of version 5 (RFC 9562, 5.5). */
const NAMESPACE = Buffer.from('4c3e0f3ac2b15f0e9a66d1f2b7c80a51', 'hex');

/** A uuid that is always the same for the same parts. */
export function uuidV5(parts: readonly unknown[]): string {
  const name = JSON.stringify(parts);
  const digest = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
