import assert from 'node:assert/strict';
import test from 'node:test';
import { domainOf, mailboxOf } from './mailbox.ts';

test('addresses are read with and without a name', () => {
  const read = (text: string): string | undefined => {
    const mailbox = mailboxOf(text);
    return mailbox && `${mailbox.name}|${mailbox.address}`;
  };
  assert.equal(read(' falco@localhost '), '|falco@localhost');
  assert.equal(read('Falco <falco@example.org>'), 'Falco|falco@example.org');
  assert.equal(read('"Falco, SOC" <falco@[127.0.0.1]>'), 'Falco, SOC|falco@[127.0.0.1]');
  assert.equal(read('münch@bücher.example'), '|münch@bücher.example');
  for (const text of [
    '',
    'falco',
    'a@b@c',
    'a b@c',
    'a@b, c@d',
    '<a@b',
    'x\n<a@b>',
    'a@b>',
    `${'a'.repeat(251)}@b.c`,
  ]) {
    assert.equal(read(text), undefined, text);
  }
});

test('the domain of an address may stand in a Message-ID', () => {
  assert.equal(domainOf('a@example.org'), 'example.org');
  assert.equal(domainOf('a@bücher.example'), 'xn--bcher-kva.example');
  assert.equal(domainOf('a@[127.0.0.1]'), '[127.0.0.1]');
});
