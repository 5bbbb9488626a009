import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { headerOf, parseMail } from '../../../test/support/mail.ts';
import {
  fateOf,
  LETTER,
  type OpenedClient,
  openSmtpClient,
} from '../../../test/support/smtp-client.ts';
import {
  END_OF_DATA,
  GREETING,
  type SmtpServer,
  startSmtpServer,
} from '../../../test/support/smtp-server.ts';
import { until } from '../../../test/support/until.ts';

/** What servers do that are busy, broken, or somebody else. */

const OPTIONS = { timeout: 120_000 };

interface Rig extends OpenedClient {
  readonly server: SmtpServer;
}

async function start(t: TestContext): Promise<Rig> {
  const server = await startSmtpServer(t);
  return { server, ...openSmtpClient(t, { port: server.port }) };
}

test('greylisting puts a mail off, and it is the same mail later', OPTIONS, async (t) => {
  const { server, post } = await start(t);
  server.answer = (command) =>
    command.startsWith('RCPT') ? '451 4.7.1 Greylisted, come back in 5 min' : undefined;
  const posted = await post();
  assert.equal(fateOf(posted), 'retry/rateLimited');
  assert.match(JSON.stringify(posted.failure), /RCPT TO: 451 4\.7\.1 Greylisted/);
  server.answer = () => undefined;
  assert.equal(fateOf(await post()), 'taken');
  assert.equal(server.mails.length, 1);
  const mail = parseMail(server.mails[0]?.data ?? '');
  assert.equal(headerOf(mail, 'message-id'), LETTER.messageId);
  assert.equal(headerOf(mail, 'auto-submitted'), 'auto-generated');
});

test('of several recipients each has his own answer', OPTIONS, async (t) => {
  const { server, post } = await start(t);
  server.answer = (command) => {
    if (command.startsWith('RCPT TO:<gone')) return '550 5.1.1 User\u202e unknown';
    return command.startsWith('RCPT TO:<later') ? '451 4.7.1 Greylisted' : undefined;
  };
  const gone = { recipient: 'gone@example.org', isForGood: true };
  const later = { recipient: 'later@example.org', isForGood: false };
  const refusals = [
    { ...gone, reply: '550 5.1.1 User\ufffd unknown' },
    { ...later, reply: '451 4.7.1 Greylisted' },
  ];
  const recipients = [gone.recipient, 'soc@example.org', later.recipient];
  assert.deepEqual(await post({ recipients }), { accepted: ['soc@example.org'], refusals });
  const { failure, ...rest } = await post({ recipients: [gone.recipient, later.recipient] });
  assert.equal(failure?.reason, 'rateLimited');
  assert.deepEqual(rest, { accepted: [], refusals });
});

/** Stage, reply, fate. */
const REPLIES: readonly [string, string, string][] = [
  [GREETING, '421 4.7.0 Error: too many connections', 'retry/rateLimited'],
  [GREETING, '421 4.3.2 Shutting down', 'retry/server'],
  [GREETING, '554 5.7.1 No service for you', 'retry/client'],
  [GREETING, 'HTTP/1.1 400 Bad Request', 'retry/server'],
  ['MAIL', '452 4.3.1 Insufficient system storage', 'retry/server'],
  ['MAIL', '530 5.7.0 Authentication required', 'retry/auth'],
  ['MAIL', '550 5.1.8 Sender domain not found', 'retry/client'],
  ['MAIL', '503 5.5.1 Bad sequence', 'retry/server'],
  ['RCPT', '550 5.1.1 No such user', 'retry/client'],
  ['RCPT', '554 5.7.1 Relay access denied', 'retry/client'],
  ['RCPT', '450 4.2.1 Mailbox busy', 'retry/server'],
  ['DATA', '451 4.3.0 Queue file write error', 'retry/server'],
  ['DATA', '554 5.5.1 Not now', 'retry/client'],
  [END_OF_DATA, '451 4.3.0 Try again', 'retry/server'],
  [END_OF_DATA, '452 4.3.1 Disk full', 'retry/server'],
  [END_OF_DATA, '421 4.4.2 Timeout', 'retry/server'],
  [END_OF_DATA, '552 5.3.4 Message too big', 'reject/payload'],
  [END_OF_DATA, '554 5.7.1 Looks like spam', 'reject/payload'],
  [END_OF_DATA, '554 Transaction failed', 'reject/payload'],
  [END_OF_DATA, '550 5.4.5 Daily sending quota exceeded', 'retry/client'],
  [END_OF_DATA, '554 5.2.252 SendAsDenied', 'retry/client'],
];

for (const [stage, reply, fate] of REPLIES) {
  test(`${reply} at ${stage}: ${fate}, and the next mail goes`, OPTIONS, async (t) => {
    const { server, post } = await start(t);
    server.answer = (command) => (command.startsWith(stage) ? reply : undefined);
    const posted = await post();
    assert.equal(fateOf(posted), fate);
    assert.match(JSON.stringify(posted.failure), /127\.0\.0\.1:\d+/);
    server.answer = () => undefined;
    assert.equal(fateOf(await post()), 'taken');
  });
}

const STAGES = [GREETING, 'EHLO', 'MAIL', 'RCPT', 'DATA', END_OF_DATA];

for (const stage of STAGES) {
  test(
    `a server silent at ${stage} is left in time, and its connection closed`,
    OPTIONS,
    async (t) => {
      const { server, post } = await start(t);
      server.answer = (command) => (command.startsWith(stage) ? 'hang' : undefined);
      assert.equal(fateOf(await post({}, AbortSignal.timeout(100))), 'retry/timeout');
      await until(() => server.sessions.open.size === 0);
      server.answer = () => undefined;
      assert.equal(fateOf(await post()), 'taken');
    },
  );

  test(`a connection cut at ${stage} is retried by the engine`, OPTIONS, async (t) => {
    const { server, post } = await start(t);
    server.answer = (command) => (command.startsWith(stage) ? 'drop' : undefined);
    assert.equal(fateOf(await post()), 'retry/network');
    // Only what said nothing at all was tried again at once.
    assert.ok(server.sessions.begun <= (stage === GREETING ? 2 : 1));
    server.answer = () => undefined;
    assert.equal(fateOf(await post()), 'taken');
  });
}

test('many mails go over one connection', OPTIONS, async (t) => {
  const { server, post } = await start(t);
  for (let n = 0; n < 5; n += 1) assert.equal(fateOf(await post()), 'taken');
  assert.equal(server.sessions.begun, 1);
});

test('attempts at once have a connection each', OPTIONS, async (t) => {
  const { server, post } = await start(t);
  const results = await Promise.all([post(), post(), post()]);
  assert.deepEqual(results.map(fateOf), ['taken', 'taken', 'taken']);
  assert.equal(server.sessions.begun, 3);
});

test('an idle connection that the server closed costs no attempt', OPTIONS, async (t) => {
  const { server, post } = await start(t);
  assert.equal(fateOf(await post()), 'taken');
  for (const socket of server.sessions.open) socket.end('421 4.4.2 Idle too long\r\n');
  await until(() => server.sessions.open.size === 0);
  assert.equal(fateOf(await post()), 'taken');
});

test('a connection that is cut just as it is used again costs no attempt', OPTIONS, async (t) => {
  const { server, post } = await start(t);
  assert.equal(fateOf(await post()), 'taken');
  server.answer = (command, { number }) =>
    number === 1 && command.startsWith('MAIL') ? 'drop' : undefined;
  assert.equal(fateOf(await post()), 'taken');
  assert.deepEqual([server.sessions.begun, server.mails.length], [2, 2]);
});

test('an endless reply is not read to its end', OPTIONS, async (t) => {
  const { server, post } = await start(t);
  server.answer = (command) =>
    command.startsWith('EHLO') ? '250-x\r\n'.repeat(100_000) : undefined;
  assert.equal(fateOf(await post()), 'retry/server');
});

test('nobody listens', OPTIONS, async (t) => {
  const { post } = openSmtpClient(t, { port: 1 });
  const posted = await post();
  assert.equal(fateOf(posted), 'retry/network');
  assert.match(JSON.stringify(posted.failure), /127\.0\.0\.1:1: connection refused/);
});

test(
  'closing ends every connection, and an attempt under way waits for better times',
  OPTIONS,
  async (t) => {
    const { server, client, post } = await start(t);
    assert.equal(fateOf(await post()), 'taken');
    server.answer = (command) => (command === END_OF_DATA ? 'hang' : undefined);
    const underWay = [post(), post()];
    await until(() => server.commands.filter((line) => line === 'DATA').length === 3);
    client.close();
    for (const result of await Promise.all(underWay))
      assert.match(
        JSON.stringify(result),
        /"retry","reason":"network","detail":"this output is being closed"/,
      );
    await until(() => server.sessions.open.size === 0);
    assert.equal(fateOf(await post()), 'retry/network');
  },
);

test('a server that is started again is found again', OPTIONS, async (t) => {
  const { server, post } = await start(t);
  await Promise.all([post(), post()]);
  const closed = [...server.sessions.open].map((socket) => once(socket, 'close'));
  for (const socket of server.sessions.open) socket.destroy();
  await Promise.all(closed);
  assert.deepEqual((await Promise.all([post(), post()])).map(fateOf), ['taken', 'taken']);
});
