import assert from 'node:assert/strict';
import test from 'node:test';
import { checkHeaders, checkHttpUrl } from './check.ts';

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
