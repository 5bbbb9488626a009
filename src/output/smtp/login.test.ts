import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fateOf, openSmtpClient } from '../../../test/support/smtp-client.ts';
import { startSmtpServer } from '../../../test/support/smtp-server.ts';
import type { SmtpLogin } from './login.ts';

const ALL = 'PLAIN LOGIN CRAM-MD5 XOAUTH2 OAUTHBEARER EXTERNAL ANONYMOUS';
const user = 'falco';
const password = 'planted-password';
const token = 'planted.access.token';

/** A login, and what is said; base64 is decoded, and the port is `PORT`. */
const LOGINS: readonly [SmtpLogin, readonly string[]][] = [
  [{ auth: 'plain' }, []],
  [{ auth: 'none', user, password }, []],
  [{ auth: 'plain', user, password }, ['AUTH PLAIN \0falco\0planted-password']],
  [{ auth: 'plain', user, password, identity: 'soc' }, ['AUTH PLAIN soc\0falco\0planted-password']],
  [{ auth: 'login', user, password }, ['AUTH LOGIN', 'falco', 'planted-password']],
  [
    { auth: 'xoauth2', user, token },
    ['AUTH XOAUTH2 user=falco\x01auth=Bearer planted.access.token\x01\x01'],
  ],
  [
    { auth: 'oauthbearer', user: 'a=b,c', token },
    [
      'AUTH OAUTHBEARER n,a=a=3Db=2Cc,\x01host=127.0.0.1\x01port=PORT\x01auth=Bearer planted.access.token\x01\x01',
    ],
  ],
  [{ auth: 'external', identity: 'soc' }, ['AUTH EXTERNAL soc']],
  [{ auth: 'external' }, ['AUTH EXTERNAL =']],
  [{ auth: 'anonymous', trace: 'hub@example.org' }, ['AUTH ANONYMOUS hub@example.org']],
];

for (const [login, expected] of LOGINS) {
  const { auth, ...rest } = login;
  const name = `${auth} with ${Object.keys(rest).join(', ') || 'nothing'}`;
  test(`auth ${name} says what its specification wants, once a connection`, async (t) => {
    const server = await startSmtpServer(t, { mechanisms: ALL });
    const { post } = openSmtpClient(t, { port: server.port, login });
    assert.equal(fateOf(await post()), 'taken');
    assert.equal(fateOf(await post()), 'taken');
    const end = server.commands.findIndex((line) => line.startsWith('MAIL'));
    const said = server.commands.slice(1, end).map((line) => decoded(line, server.port));
    assert.deepEqual(said, expected);
    assert.ok(!server.commands.slice(end).some((line) => line.startsWith('AUTH')));
  });
}

function decoded(line: string, port: number): string {
  const [, command = '', base64 = ''] = /^(AUTH [A-Z0-9-]+ ?)?(.*)$/.exec(line) ?? [];
  const text = base64 === '=' ? '=' : Buffer.from(base64, 'base64').toString();
  return (command + text).replace(String(port), 'PORT');
}

const REFUSALS: readonly [SmtpLogin['auth'], readonly string[], string][] = [
  ['plain', ['535 5.7.8 Wrong: planted-password'], 'retry/auth'],
  ['plain', ['454 4.7.0 Temporary authentication failure'], 'retry/server'],
  ['plain', ['334 ', '501 5.5.2 Cancelled'], 'retry/auth'],
  ['login', ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6', '535 5.7.8 planted-password'], 'retry/auth'],
  ['xoauth2', ['334 eyJzdGF0dXMiOiI0MDEifQ==', '535 5.7.8 planted.access.token'], 'retry/auth'],
  ['oauthbearer', ['334 eyJzdGF0dXMiOiI0MDEifQ==', '535 5.7.8 No'], 'retry/auth'],
  ['external', ['504 5.5.4 Unrecognized'], 'retry/auth'],
];

for (const [auth, replies, fate] of REFUSALS) {
  test(`${replies.at(-1)} to ${auth}: ${fate}, without a word of the server's`, async (t) => {
    const server = await startSmtpServer(t, { mechanisms: ALL });
    let answered = 0;
    server.answer = (command) => (command.startsWith('AUTH') ? replies[answered++] : undefined);
    const login = { auth, user, password, token };
    const posted = await openSmtpClient(t, { port: server.port, login }).post();
    assert.equal(fateOf(posted), fate);
    assert.match(JSON.stringify(posted), /the login is refused \(\d{3}( \d\.\d\.\d)?\)/);
    assert.doesNotMatch(JSON.stringify(posted), /planted/);
    assert.equal(answered, replies.length);
    assert.ok(!server.commands.some((line) => line.startsWith('MAIL')));
  });
}

test('a server that offers no login gets the mail without one', async (t) => {
  const server = await startSmtpServer(t);
  const login = { auth: 'plain', user, password } as const;
  assert.equal(fateOf(await openSmtpClient(t, { port: server.port, login }).post()), 'taken');
  assert.ok(!server.commands.some((line) => line.startsWith('AUTH')));
});

test('the client tells the server the name that it is given', async (t) => {
  const server = await startSmtpServer(t);
  const heloName = 'hub.example.org';
  assert.equal(fateOf(await openSmtpClient(t, { port: server.port, heloName }).post()), 'taken');
  assert.equal(server.commands[0], 'EHLO hub.example.org');
});
