import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerCertificate } from 'node:tls';
import { createAuthenticator } from './auth.ts';

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function certificate(fields: { subjectaltname?: string; CN?: string }): PeerCertificate {
  const { subjectaltname, CN } = fields;
  return { subject: { CN }, subjectaltname, serialNumber: '0A1B' } as PeerCertificate;
}

test('nothing configured lets everybody in and proves nothing', () => {
  for (const settings of [{}, { tokens: [], basic: [], paths: [], clientNames: undefined }]) {
    const open = createAuthenticator(settings);
    assert.equal(open.required, false);
    assert.equal(open.bearer('Bearer anything'), undefined);
    assert.equal(open.basic(basic('a:b')), undefined);
    assert.equal(open.path('anything'), undefined);
    assert.equal(open.certificate(certificate({ CN: 'a' })), undefined);
  }
});

test('any one kind of credential makes proof required', () => {
  const named = [{ name: 'a', token: 'secret-a' }];
  assert.ok(createAuthenticator({ tokens: named }).required);
  assert.ok(createAuthenticator({ paths: named }).required);
  assert.ok(createAuthenticator({ basic: [{ username: 'a', password: 'b' }] }).required);
  assert.ok(createAuthenticator({ clientNames: [] }).required);
});

test('both tokens of a sender are valid at once, and nothing near them', () => {
  const { bearer } = createAuthenticator({
    tokens: [
      { name: 'node-a', token: 'old-secret', tokenNext: 'new-secret' },
      { name: 'node-b', token: 'other-secret' },
    ],
  });
  assert.equal(bearer('Bearer old-secret'), 'token:node-a');
  assert.equal(bearer('bearer   new-secret '), 'token:node-a');
  assert.equal(bearer('BEARER other-secret'), 'token:node-b');
  const wrong = ['old-secre', 'old-secrets', 'OLD-SECRET', '', ' ', 'node-a', 'undefined'];
  for (const token of wrong) assert.equal(bearer(`Bearer ${token}`), undefined, token);
  for (const header of [undefined, '', 'Bearer', 'old-secret', basic('node-a:old-secret')]) {
    assert.equal(bearer(header), undefined, header);
  }
});

test('a user is proven by name and password together', () => {
  const { basic: user } = createAuthenticator({
    basic: [{ username: 'falco', password: 'päss:word' }],
  });
  assert.equal(user(basic('falco:päss:word')), 'user:falco');
  for (const wrong of ['falco:', 'falco', ':päss:word', 'other:päss:word', 'falco:päss']) {
    assert.equal(user(basic(wrong)), undefined, wrong);
  }
  assert.equal(user('Basic %%%'), undefined);
  assert.equal(user('Bearer falco'), undefined);
});

test('a token in the path is the same sender as one in a header', () => {
  const authenticator = createAuthenticator({
    tokens: [{ name: 'node-a', token: 'in-a-header' }],
    paths: [{ name: 'node-a', token: 'in-a-path' }],
  });
  assert.equal(authenticator.path('in-a-path'), 'token:node-a');
  assert.equal(authenticator.bearer('Bearer in-a-header'), 'token:node-a');
  assert.equal(authenticator.path('in-a-header'), undefined);
  assert.equal(authenticator.bearer('Bearer in-a-path'), undefined);
});

test('a 401 names the schemes that are configured', () => {
  const tokens = [{ name: 'a', token: 'secret-a' }];
  const users = [{ username: 'a', password: 'b' }];
  const bearerScheme = 'Bearer realm="tocsin"';
  const basicScheme = 'Basic realm="tocsin", charset="UTF-8"';
  assert.equal(createAuthenticator({ tokens }).challenge, bearerScheme);
  assert.equal(createAuthenticator({ basic: users }).challenge, basicScheme);
  assert.equal(
    createAuthenticator({ tokens, basic: users }).challenge,
    `${bearerScheme}, ${basicScheme}`,
  );
  assert.equal(createAuthenticator({ paths: tokens }).challenge, bearerScheme);
});

test('an empty list of names allows every certificate, which goes by its first name', () => {
  const proves = createAuthenticator({ clientNames: [] }).certificate;
  const both = certificate({ subjectaltname: 'DNS:node-a.example.org, DNS:b', CN: 'cn' });
  assert.equal(proves(both), 'cert:node-a.example.org');
  assert.equal(proves(certificate({ CN: 'falco' })), 'cert:falco');
  assert.equal(proves(certificate({})), 'cert:serial 0A1B');
  assert.equal(proves(undefined), undefined);
});

test('a list of names allows only them, and the name that is on it counts', () => {
  const proves = createAuthenticator({
    clientNames: ['*.falco.svc', 'spiffe://cluster/ns/*/sa/falco', 'falco'],
  }).certificate;
  const sans = (subjectaltname: string) => certificate({ subjectaltname, CN: 'falco' });
  assert.equal(proves(sans('DNS:x, DNS:node-a.falco.svc')), 'cert:node-a.falco.svc');
  assert.equal(
    proves(sans('URI:spiffe://cluster/ns/sec/sa/falco')),
    'cert:spiffe://cluster/ns/sec/sa/falco',
  );
  assert.equal(proves(certificate({ CN: 'falco' })), 'cert:falco');
  assert.equal(proves(sans('DNS:elsewhere')), undefined, 'CN counts only without other names');
  assert.equal(proves(sans('DNS:a.b.falco.svc')), undefined, '* is one label');
  assert.equal(proves(sans('DNS:falco.svc')), undefined);
});
