import assert from 'node:assert/strict';
import test from 'node:test';
import { check } from '../../test/contract/attempt.ts';
import { domainOf, mailboxOf } from '../../src/output/mail/mailbox.ts';
import smtp from './index.ts';
import { mistakesIn, type SmtpSettings, targetOf } from './settings.ts';

const valid = { host: 'mail', from: 'falco@example.org', to: ['soc@example.org'] };

function mistakes(own: object): string[] {
  const values = { ...valid, ...own };
  assert.deepEqual(check(smtp, values).findings, []);
  return mistakesIn(values as unknown as SmtpSettings).map(({ path }) => path);
}

test('a host has a port, or the usual one, and says by it how TLS begins', () => {
  const target = (host: string, encryption?: SmtpSettings['encryption']) =>
    Object.values(targetOf({ host, ...(encryption && { encryption }) })).join(' ');
  assert.equal(target('mail'), 'mail 587 starttls');
  assert.equal(target('mail.example.org:465'), 'mail.example.org 465 implicit');
  assert.equal(target('mail:465', 'starttls'), 'mail 465 starttls');
  assert.equal(target('mail:2525', 'implicit'), 'mail 2525 implicit');
  assert.equal(target('[::1]:25', 'none'), '::1 25 none');
});

test('what is no host and port is a mistake', () => {
  for (const host of [
    'mail:',
    'mail:0',
    'mail:70000',
    'mail:25x',
    ':25',
    '::1',
    '[x]:25',
    'a b',
    'https://mail',
  ]) {
    assert.deepEqual(mistakes({ host }), ['host'], host);
  }
  assert.deepEqual(mistakes({ host: '[::1]:25' }), []);
});

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

test('mistakes in addresses are told by their place', () => {
  const to = ['soc@example.org', 'soc', 'a@b\r\nRCPT TO:<c@d>'];
  assert.deepEqual(mistakes({ from: 'falco', to }), ['from', 'to.1', 'to.2']);
});

test('the domain of an address may stand in a Message-ID', () => {
  assert.equal(domainOf('a@example.org'), 'example.org');
  assert.equal(domainOf('a@bücher.example'), 'xn--bcher-kva.example');
  assert.equal(domainOf('a@[127.0.0.1]'), '[127.0.0.1]');
});

test('credentials belong together', () => {
  assert.deepEqual(mistakes({ user: 'falco' }), ['password']);
  assert.deepEqual(mistakes({ password: 'secret' }), ['user']);
  assert.deepEqual(mistakes({ auth: 'login', user: 'falco' }), ['password']);
  assert.deepEqual(mistakes({ auth: 'xoauth2' }), ['user', 'token']);
  assert.deepEqual(mistakes({ auth: 'oauthbearer', user: 'falco', token: 'x' }), []);
  assert.deepEqual(mistakes({ auth: 'none', user: 'falco' }), []);
  assert.deepEqual(mistakes({ auth: 'external' }), []);
});
