import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mergeHeaders } from './headers.ts';
import { authorizationOf, canonicalRequest, signedRequest } from './sigv4.ts';

/** AWS's signing test suite, one entry a case; the requests are all of one moment and one key. */
interface Case {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly isNormalized: boolean;
  readonly isBodySigned: boolean;
  readonly canonicalRequest: string;
  readonly signature: string;
  readonly sessionToken?: string;
}

const DATA = new URL('../../test/data/aws/sigv4.json', import.meta.url);
const CASES = JSON.parse(readFileSync(DATA, 'utf8')) as readonly Case[];
const TIME = '20150830T123600Z';
const SCOPE = { service: 'service', region: 'us-east-1' };
const KEY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

test("each request of AWS's test suite has the canonical form and the signature given there", () => {
  assert.ok(CASES.length > 30);
  for (const one of CASES) {
    // The suite's service has its paths encoded once, as S3 has.
    const path = decodeURIComponent(one.path);
    const canonical = canonicalRequest({ ...one, ...signedOf(one), path });
    assert.equal(canonical.text, one.canonicalRequest, one.name);
    const authorization = authorizationOf(canonical, SCOPE, KEY, TIME);
    assert.equal(authorization.split('Signature=')[1], one.signature, one.name);
  }
});

function signedOf({ headers: given, body, isBodySigned, sessionToken }: Case) {
  const headers: Record<string, string> = { 'x-amz-date': TIME };
  for (const [name, value] of given) {
    const before = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = before === undefined ? value : `${before},${value}`;
  }
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  if (isBodySigned) headers['x-amz-content-sha256'] = bodySha256;
  if (sessionToken !== undefined) headers['x-amz-security-token'] = sessionToken;
  return { headers, bodySha256 };
}

/** Amazon S3 API Reference, "Signature Calculations for the Authorization Header". */
const S3_KEY = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const S3_SCOPE = { service: 's3', region: 'us-east-1' };
const S3_MS = Date.UTC(2013, 4, 24);
const signal = new AbortController().signal;

test("S3's examples: a ranged GET, a PUT with a name to encode, and a list", () => {
  const get = { url: 'https://examplebucket.s3.amazonaws.com/test.txt', signal };
  const headers = { Range: 'bytes=0-9' };
  assert.equal(
    signatureOf({ ...get, headers }),
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
  const put = {
    method: 'PUT' as const,
    url: 'https://examplebucket.s3.amazonaws.com/test$file.text',
    headers: {
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    },
    body: 'Welcome to Amazon S3.',
    signal,
  };
  const putSignature = '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd';
  assert.equal(signatureOf(put), putSignature);
  const encoded = put.url.replace('$', '%24');
  assert.equal(signatureOf({ ...put, url: encoded }), putSignature, 'the same name, encoded');
  const list = { url: 'https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J', signal };
  assert.equal(
    signatureOf(list),
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  );
});

function signatureOf(request: Parameters<typeof signedRequest>[0]): string | undefined {
  const { headers = {} } = signedRequest(request, S3_SCOPE, S3_KEY, S3_MS);
  return headers.authorization?.split('Signature=')[1];
}

test('what is encoded in a path is encoded once more, but in S3', () => {
  const parts = { method: 'GET', query: '', headers: {}, bodySha256: '' };
  const path = '/test/@connections/JBDvjfGEIAMCERw%3D';
  const { text } = canonicalRequest({ ...parts, path, isNormalized: true });
  assert.equal(text.split('\n')[1], '/test/%40connections/JBDvjfGEIAMCERw%253D');
});

test('the token is sent and signed; the secret is not sent', () => {
  const credentials = { ...S3_KEY, sessionToken: 'a-token' };
  const request = { url: 'https://sqs.eu-central-1.amazonaws.com:8443/', signal, body: 'x=1' };
  const { headers = {} } = signedRequest(request, SCOPE, credentials);
  assert.equal(headers['x-amz-security-token'], 'a-token');
  assert.match(headers.authorization ?? '', /SignedHeaders=[a-z0-9;-]*x-amz-security-token,/);
  assert.ok(!JSON.stringify(mergeHeaders(headers)).includes(credentials.secretAccessKey));
});
