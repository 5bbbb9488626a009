import assert from 'node:assert/strict';
import { createServer, connect, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { converse } from './conversation.ts';
import type { ReadOne } from './pieces.ts';

/** Both ends of a connection. */
async function pair(t: TestContext): Promise<{ readonly client: Socket; readonly server: Socket }> {
  const accepted = Promise.withResolvers<Socket>();
  const listener = createServer(accepted.resolve).listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const client = connect((listener.address() as { port: number }).port, '127.0.0.1');
  const server = await accepted.promise;
  server.on('error', () => undefined);
  t.after(() => {
    client.destroy();
    server.destroy();
    listener.close();
  });
  return { client, server };
}

const readWord: ReadOne<string> = (data) => {
  if (data[0] === 0x21) throw new TypeError('no word');
  const end = data.indexOf(' ');
  return end < 0 ? undefined : { value: data.toString('utf8', 0, end), bytes: end + 1 };
};

test('what was said is told in order, also what came before it was asked for', async (t) => {
  const { client, server } = await pair(t);
  const talk = converse(client, 'here', readWord, (word) => word === 'ping');
  const first = talk.next();
  server.write('one ping two th');
  assert.equal(await first, 'one');
  assert.equal(await talk.next(), 'two');
  const third = talk.next();
  server.write('ree ');
  assert.equal(await third, 'three');
});

test('what was said before the end is still told, and then that it hung up', async (t) => {
  const { client, server } = await pair(t);
  const talk = converse(client, 'here', readWord);
  const first = talk.next();
  server.end('one two ');
  assert.equal(await first, 'one');
  assert.equal(await talk.next(), 'two');
  await assert.rejects(talk.next(), /here: it hung up/);
  await assert.rejects(talk.next(), /here: it hung up/);
});

test('what cannot be read ends the connection and says why', async (t) => {
  const { client, server } = await pair(t);
  const talk = converse(client, 'here', readWord);
  server.write('!');
  await assert.rejects(talk.next(), /no word/);
  assert.ok(client.destroyed);
});

test('a socket is released only where nothing more was said', async (t) => {
  for (const [text, isClean] of [
    ['one ', true],
    ['one two ', false],
    ['one tw', false],
  ] as const) {
    const { client, server } = await pair(t);
    const talk = converse(client, 'here', readWord);
    const first = talk.next();
    server.write(text);
    await first;
    assert.equal(talk.release(), isClean, text);
    assert.equal(client.listenerCount('data'), 0);
  }
});
