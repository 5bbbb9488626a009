import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { alertWith, deliveryOf } from '../../test/contract/alerts.ts';
import { verdictOf } from '../../test/contract/attempt.ts';
import { parseMail, shownText } from '../../test/support/mail.ts';
import { type OpenedSmtp, openSmtp } from '../../test/support/smtp-output.ts';
import { END_OF_DATA, type SmtpServer, startSmtpServer } from '../../test/support/smtp-server.ts';

/** Several recipients, of whom the server takes some. Each must have each mail once. */

interface Rig extends OpenedSmtp {
  readonly server: SmtpServer;
  /** What the server says to whom; nobody is refused by itself. */
  readonly replies: Record<string, string>;
  /** Who has got which mails, as `a: 1 2`: the number is the mail's. */
  readonly received: () => string[];
}

async function start(t: TestContext): Promise<Rig> {
  const server = await startSmtpServer(t);
  const replies: Record<string, string> = {};
  server.answer = (command) => replies[/^RCPT TO:<(\w+)@/.exec(command)?.[1] ?? ''];
  const to = ['a@example.org', 'b@example.org', 'c@example.org'];
  const opened = await openSmtp(t, { host: `127.0.0.1:${server.port}`, to });
  const received = (): string[] =>
    server.mails.map((mail) => mail.to.map((one) => one[0]).join(''));
  return { ...opened, server, replies, received };
}

const GONE = '550 5.1.1 <b@example.org>: User\u202e unknown';
const LATER = '451 4.7.1 Greylisted';
const delivery = (rule: string) => deliveryOf(alertWith({ rule }));

test('one bad recipient keeps the mail from nobody else, and the next mails say so', async (t) => {
  const { server, send, replies, received } = await start(t);
  replies['b'] = GONE;
  assert.equal(verdictOf(await send()), 'delivered');
  assert.equal(verdictOf(await send()), 'delivered');
  assert.deepEqual(received(), ['ac', 'ac']);
  const [first, second] = server.mails.map(({ data }) => parseMail(data));
  assert.ok(!first?.text.includes('Not delivered'));
  const note = 'Not delivered to b@example.org: 550 5.1.1 <b@example.org>: User\ufffd unknown\n';
  assert.ok(second?.text.endsWith(note));
  assert.ok(shownText(second?.html ?? '').includes(note));

  delete replies['b'];
  assert.equal(verdictOf(await send()), 'delivered');
  assert.equal(verdictOf(await send()), 'delivered');
  assert.deepEqual(received().slice(2), ['abc', 'abc']);
  assert.ok(!parseMail(server.mails[3]?.data ?? '').text.includes('Not delivered'));
});

test('who is put off gets the mail later, and nobody else a second time', async (t) => {
  const { send, replies, received } = await start(t);
  replies['c'] = LATER;
  const result = await send();
  assert.equal(verdictOf(result), 'retry/server');
  assert.match(JSON.stringify(result), /not yet taken for c@example\.org: 451 4\.7\.1 Greylisted/);
  assert.equal(verdictOf(await send()), 'retry/rateLimited');
  delete replies['c'];
  assert.equal(verdictOf(await send()), 'delivered');
  assert.equal(verdictOf(await send()), 'delivered');
  assert.deepEqual(received(), ['ab', 'c', 'abc']);
});

test('who has the mail is known to the next connection, too', async (t) => {
  const { send, reopen, connection, replies, received } = await start(t);
  replies['a'] = LATER;
  assert.equal(verdictOf(await send()), 'retry/server');
  await connection.close();
  delete replies['a'];
  const next = await reopen();
  const signal = AbortSignal.timeout(60_000);
  const result = await next.send([deliveryOf(alertWith())], { signal });
  assert.equal(verdictOf(result), 'delivered');
  assert.deepEqual(received(), ['bc', 'a']);
});

test('some refused, some put off: only the latter are waited for', async (t) => {
  const { send, replies, received } = await start(t);
  replies['b'] = GONE;
  replies['c'] = LATER;
  assert.equal(verdictOf(await send()), 'retry/server');
  replies['c'] = '550 5.1.1 Gone for good';
  assert.equal(verdictOf(await send()), 'delivered');
  assert.deepEqual(received(), ['a']);
});

test('where nobody is taken the mail waits for the operator', async (t) => {
  const { send, replies, received } = await start(t);
  Object.assign(replies, { a: GONE, b: GONE, c: GONE });
  assert.equal(verdictOf(await send()), 'retry/client');
  replies['a'] = LATER;
  assert.equal(verdictOf(await send()), 'retry/rateLimited');
  assert.deepEqual(received(), []);
  for (const name of ['a', 'b', 'c']) delete replies[name];
  assert.equal(verdictOf(await send()), 'delivered');
  assert.deepEqual(received(), ['abc']);
});

test('a mail that was refused whole is refused for nobody in particular', async (t) => {
  const { server, send, replies, received } = await start(t);
  replies['b'] = LATER;
  const answer = server.answer;
  server.answer = (command, session) =>
    command === END_OF_DATA ? '451 4.3.0 Later' : answer(command, session);
  assert.equal(verdictOf(await send()), 'retry/server');
  server.answer = answer;
  assert.equal(verdictOf(await send()), 'retry/server');
  delete replies['b'];
  assert.equal(verdictOf(await send()), 'delivered');
  assert.deepEqual(received(), ['ac', 'b']);
});

test('alerts that lack different recipients go in mails of their own', async (t) => {
  const { send, replies, received } = await start(t);
  replies['c'] = LATER;
  assert.equal(verdictOf(await send([delivery('old 1'), delivery('old 2')])), 'retry/server');
  const batch = ['new 1', 'old 1', 'old 2', 'new 2'].map(delivery);
  const waiting = await send(batch);
  assert.ok(waiting.outcome === 'partial');
  assert.deepEqual(received(), ['ab', 'ab']);
  delete replies['c'];
  assert.equal(verdictOf(await send([...batch, delivery('newest')])), 'delivered');
  assert.deepEqual(received(), ['ab', 'ab', 'c', 'abc']);
});

test('of several mails one that is refused blames none of its alerts', async (t) => {
  const { server, send, replies } = await start(t);
  replies['c'] = LATER;
  await send([delivery('old')]);
  server.answer = (command, { to }) =>
    command === END_OF_DATA && to.length > 1 ? '554 5.7.1 Spam' : undefined;
  const result = await send(['new 1', 'old', 'new 2'].map(delivery));
  assert.ok(result.outcome === 'partial');
  const verdicts = result.results.map(verdictOf);
  assert.deepEqual(verdicts, ['retry/payload', 'delivered', 'retry/payload']);
});

test('what fails for the destination is not tried with the other mails', async (t) => {
  const { server, send, replies } = await start(t);
  replies['c'] = LATER;
  await send([delivery('old')]);
  server.commands.length = 0;
  server.answer = (command) => (command.startsWith('MAIL') ? '530 5.7.0 Log in first' : undefined);
  assert.equal(verdictOf(await send(['new', 'old'].map(delivery))), 'retry/auth');
  assert.equal(server.commands.filter((line) => line.startsWith('MAIL')).length, 1);
});
