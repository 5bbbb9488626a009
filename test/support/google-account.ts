import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service account, and the server that gives tokens to who can sign with its key. */
export interface GoogleAccount {
  /** The JSON of its key, as Google gives it. */
  readonly key: string;
  /** What the server gives. */
  readonly accessToken: string;
  /** Claims of every assertion so far that was rightly signed. */
  readonly claims: Readonly<Record<string, unknown>>[];
  readonly origin: string;
}

/** The server does not keep the process alive. */
export async function startGoogleAccount(): Promise<GoogleAccount> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const accessToken = 'ya29.planted-access-token';
  const claims: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      const { signed, head, claim, signature } = partsOf(form.get('assertion') ?? '');
      const isSigned = verify('RSA-SHA256', Buffer.from(signed), publicKey, signature);
      if (!isSigned || head['alg'] !== 'RS256') {
        response.writeHead(400).end(JSON.stringify({ error: 'invalid_grant' }));
        return;
      }
      assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
      assert.equal(head['kid'], 'key-1');
      claims.push(claim);
      const given = claim['target_audience'] === undefined ? GRANTED : { id_token: accessToken };
      response.writeHead(200).end(JSON.stringify(given));
    });
  });
  const GRANTED = { access_token: accessToken, expires_in: 3600, token_type: 'Bearer' };
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const key = JSON.stringify({
    type: 'service_account',
    project_id: 'my-project',
    private_key_id: 'key-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: 'hub@my-project.iam.gserviceaccount.com',
    token_uri: `${origin}/token`,
  });
  return { key, accessToken, claims, origin };
}

function partsOf(assertion: string) {
  const [head = '', claim = '', signature = ''] = assertion.split('.');
  const read = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString() || '{}');
  return {
    signed: `${head}.${claim}`,
    head: read(head),
    claim: read(claim),
    signature: Buffer.from(signature, 'base64url'),
  };
}
