import assert from 'node:assert/strict';
import { signedRequest } from '../../src/output/sigv4.ts';
import type { Received } from '../contract/server.ts';

/** A key pair to sign with, and its check at the other end. */

export const AWS_KEYS = {
  region: 'eu-central-1',
  accessKeyId: 'AKIDPLANTEDEXAMPLE',
  secretAccessKey: 'planted0secret0access0key',
};

/** Fails unless the request is signed for the service, now, and as it came in. */
export function assertSigned(
  { method, path, headers, bytes }: Received,
  service: string,
  region: string = AWS_KEYS.region,
): void {
  const { authorization = '', host = '' } = headers;
  const time = headers['x-amz-date'] ?? '';
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const signed = names.split(';').filter((name) => name !== 'host');
  const timeMs = Date.parse(
    time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, '$1-$2-$3T$4:$5:$6Z'),
  );
  assert.ok(Math.abs(Date.now() - timeMs) < 300_000, time);
  const again = signedRequest(
    {
      method: method as 'POST',
      url: `http://${host}${path}`,
      headers: Object.fromEntries(signed.map((name) => [name, headers[name] ?? ''])),
      body: bytes,
      signal: AbortSignal.abort(),
    },
    { service, region },
    AWS_KEYS,
    timeMs,
  );
  assert.equal(authorization, again.headers?.['authorization']);
}

/** Fails unless it is a signed call of the protocol AWS JSON. Returns its input. */
export function callIn(
  request: Received,
  service: string,
  target: string,
  region?: string,
): Record<string, unknown> {
  assertSigned(request, service, region);
  assert.equal(`${request.method} ${request.path}`, 'POST /');
  assert.equal(request.headers['x-amz-target'], target);
  assert.match(request.headers['content-type'] ?? '', /^application\/x-amz-json-1\.[01]$/);
  return JSON.parse(request.body) as Record<string, unknown>;
}
