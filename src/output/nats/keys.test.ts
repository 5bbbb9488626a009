import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import test from 'node:test';
import { isSeed, publicKeyOf, readCredentials, signatureOf } from './keys.ts';

/** The pair in NATS's own documentation of NKEYs, to be used nowhere. */
const SEED = 'SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY';
const PUBLIC = 'UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4';

test('a seed has the public key that NATS says it has', () => {
  assert.equal(publicKeyOf(SEED), PUBLIC);
});

test('a signature is that of the public key', () => {
  const bits = Array.from(PUBLIC, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const bytes = (bits.join('').match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2));
  const x = Buffer.from(bytes.slice(1, 33)).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const signature = Buffer.from(signatureOf(SEED, 'nonce'), 'base64url');
  assert.ok(verify(null, Buffer.from('nonce'), key, signature));
});

for (const text of ['', 'SU', PUBLIC, SEED.replace('CSS', 'CSZ'), `${SEED}A`, SEED.toLowerCase()]) {
  test(`${JSON.stringify(text)} is no seed`, () => assert.equal(isSeed(text), false));
}

test('a .creds file is read', () => {
  const text = `-----BEGIN NATS USER JWT-----
eyJ0eXAi.eyJqdGki.c2ln
------END NATS USER JWT------

************************* IMPORTANT *************************
  NKEY Seed printed below can be used to sign and prove identity.

-----BEGIN USER NKEY SEED-----
${SEED}
------END USER NKEY SEED------
`;
  assert.deepEqual(readCredentials(text), { jwt: 'eyJ0eXAi.eyJqdGki.c2ln', seed: SEED });
  assert.equal(readCredentials(text.replace(SEED, PUBLIC)), undefined);
  assert.equal(readCredentials(SEED), undefined);
});
