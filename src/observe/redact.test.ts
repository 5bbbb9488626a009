import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redactor } from './redact.ts';

test('a secret is masked as it is, as a URL writes it, as JSON writes it, as Basic sends it', () => {
  const redactor = new Redactor();
  redactor.add(['p@ss "word"/x']);
  const forms = [
    'p@ss "word"/x',
    encodeURIComponent('p@ss "word"/x'),
    'p@ss \\"word\\"/x',
    Buffer.from('p@ss "word"/x').toString('base64'),
  ];
  for (const form of forms) assert.equal(redactor.redact(`<${form}>`), '<***>');
});

test('the path and the password of a secret URL are masked alone, too', () => {
  const redactor = new Redactor();
  redactor.add(['https://user:hunter22@hooks.example.org/services/T0/B0/abc?x=1']);
  assert.equal(redactor.redact('GET /services/T0/B0/abc?x=1 failed'), 'GET *** failed');
  assert.equal(redactor.redact('password hunter22'), 'password ***');
});

test('of two secrets that begin alike nothing of the longer one is left', () => {
  const redactor = new Redactor();
  redactor.add(['secret', 'secretlonger']);
  assert.equal(redactor.redact('secretlonger secret'), '*** ***');
});

test('secrets of an earlier configuration stay masked', () => {
  const redactor = new Redactor();
  redactor.add(['oldsecret']);
  redactor.add(['newsecret']);
  assert.equal(redactor.redact('oldsecret newsecret'), '*** ***');
});

test('without secrets, and with one too short to mask, texts stay as they are', () => {
  const redactor = new Redactor();
  assert.equal(redactor.redact('text'), 'text');
  redactor.add(['ab']);
  assert.equal(redactor.redact('about'), 'about');
});

test('a user without a password, and values of the query, of a secret URL are masked alone, too', () => {
  const redactor = new Redactor();
  redactor.add(['https://4f0acafe%40key@errors.example.org/42?sv=2024&sig=AbC%2Bdef0123']);
  const text = 'user 4f0acafe@key or 4f0acafe%40key, sig AbC+def0123 or AbC%2Bdef0123, of 2024';
  assert.equal(redactor.redact(text), 'user *** or ***, sig *** or ***, of 2024');
  redactor.add(['postgres://tocsin:hunter22@db/x']);
  assert.equal(redactor.redact('tocsin with hunter22'), 'tocsin with ***');
});

test('a secret that no URL or JSON would write as it is, is masked all the same', () => {
  const redactor = new Redactor();
  redactor.add(['https://user:50%off4you@example.org/in', 'lone\ud800surrogate', '100%sure']);
  assert.equal(redactor.redact('of 50%off4you'), 'of ***');
  assert.equal(redactor.redact('of lone\ud800surrogate'), 'of ***');
  assert.equal(redactor.redact('of 100%sure'), 'of ***');
});

test('of a secret at which a text was cut nothing is left', () => {
  const redactor = new Redactor();
  redactor.add(['xoxb-0123456789-abcdef', 'other-secret']);
  assert.equal(redactor.redact('token xoxb-0123456789-abc…'), 'token ***…');
  assert.equal(redactor.redact('token xoxb…'), 'token xoxb…', 'too little to tell');
  assert.equal(redactor.redact('xoxb-0123456789-abcdef and more…'), '*** and more…');
});
