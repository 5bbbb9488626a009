import assert from 'node:assert/strict';
import test from 'node:test';
import { check, settingsOf } from '../../test/contract/attempt.ts';
import smtp from './index.ts';
import { mistakesIn, serverOf, type SmtpSettings } from './settings.ts';

const valid = { host: 'mail', from: 'falco@example.org', to: ['soc@example.org'] };

function mistakes(own: object): string[] {
  const values = { ...valid, ...own };
  assert.deepEqual(check(smtp, values).findings, []);
  return mistakesIn(values as unknown as SmtpSettings).map(({ path }) => path);
}

test('a host has a port, or the usual one, and says by it how TLS begins', () => {
  function target(host: string, own: Partial<SmtpSettings> = {}): string {
    const { values } = settingsOf(smtp, { ...valid, ...own, host });
    const server = serverOf(values as SmtpSettings);
    return `${server.host} ${server.port} ${server.encryption}`;
  }
  assert.equal(target('mail'), 'mail 587 starttls');
  assert.equal(target('mail.example.org:465'), 'mail.example.org 465 implicit');
  assert.equal(target('mail:465', { encryption: 'starttls' }), 'mail 465 starttls');
  assert.equal(target('mail:2525', { encryption: 'implicit' }), 'mail 2525 implicit');
  assert.equal(target('[::1]:25', { encryption: 'none' }), '::1 25 none');
});

test('the settings of the login are those of the server', () => {
  const own = { ...valid, user: 'falco', password: 'secret', heloName: 'hub.example.org' };
  const { login, heloName } = serverOf(settingsOf(smtp, own).values as SmtpSettings);
  assert.partialDeepStrictEqual(login, { auth: 'plain', user: 'falco', password: 'secret' });
  assert.equal(heloName, 'hub.example.org');
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

test('mistakes in addresses are told by their place', () => {
  const to = ['soc@example.org', 'soc', 'a@b\r\nRCPT TO:<c@d>'];
  assert.deepEqual(mistakes({ from: 'falco', to }), ['from', 'to.1', 'to.2']);
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
