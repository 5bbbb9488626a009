import assert from 'node:assert/strict';
import test from 'node:test';
import { checkHeaders, checkHeaderValue, checkHttpUrl, checkPair } from './check.ts';

test('a URL must be absolute and http or https', () => {
  assert.deepEqual(checkHttpUrl('url', 'https://hooks.example.org/x?y=1'), []);
  assert.deepEqual(checkHttpUrl('url', 'http://[::1]:8080/'), []);
  for (const url of ['', 'hooks.example.org/x', 'ftp://example.org', '//example.org', 'https://']) {
    assert.deepEqual(
      checkHttpUrl('url', url).map(({ path }) => path),
      ['url'],
      url,
    );
  }
});

test('a mistake in a URL or header never quotes the value', () => {
  const mistakes = [
    ...checkHttpUrl('url', 'htps://user:hunter2@example.org'),
    ...checkHeaders('headers', { 'X-Token': 'hunter2\r\nX-Evil: yes' }),
  ];
  assert.equal(mistakes.length, 2);
  assert.doesNotMatch(JSON.stringify(mistakes), /hunter2/);
});

test('headers that cannot be sent, or belong to the connection, are mistakes', () => {
  const headers = {
    'bad name': 'x',
    Host: 'x',
    'content-length': '5',
    'X-Good': 'a b',
    'X-Bad': '\n',
  };
  assert.deepEqual(
    checkHeaders('headers', headers).map(({ path }) => path),
    ['headers.bad name', 'headers.Host', 'headers.content-length', 'headers.X-Bad'],
  );
});

test('a value that no header can have is told at the place of its own', () => {
  assert.deepEqual(checkHeaderValue('token', 'abc'), []);
  const [mistake] = checkHeaderValue('token', 'planted\nsecret');
  assert.equal(mistake?.path, 'token');
  assert.match(mistake.message, /no header may have/);
});

test('of a pair one without the other is missing', () => {
  assert.deepEqual(checkPair({ username: 'a', password: 'b' }), []);
  assert.deepEqual(checkPair({ username: undefined, password: undefined }), []);
  assert.deepEqual(checkPair({ username: undefined, password: 'b' }), [
    { path: 'username', message: 'is missing beside password' },
  ]);
  assert.deepEqual(checkPair({ username: 'a', password: undefined }), [
    { path: 'password', message: 'is missing beside username' },
  ]);
});

test('a URL that need not be there may be absent', () => {
  assert.deepEqual(checkHttpUrl('url', undefined), []);
});
