import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import {
  soon,
  startClient,
  startDestination,
  startTcp,
} from '../../test/support/http-destination.ts';
import { resultOfError } from './http.ts';

const KIB = 1024;

test('at most 64 KiB of an answer are kept, and the connection is used again', async (t) => {
  const destination = await startDestination(t, (response) => response.end('x'.repeat(200 * KIB)));
  const client = startClient(t, { connections: 1 });
  for (let i = 0; i < 2; i += 1) {
    const answer = await client.request({ url: destination.origin, signal: soon() });
    assert.equal(answer.text.length, 64 * KIB);
    assert.equal(answer.truncated, true);
  }
  assert.equal(destination.connections(), 1);
});

test('an answer of exactly 64 KiB is whole', async (t) => {
  const { origin } = await startDestination(t, (response) => response.end('x'.repeat(64 * KIB)));
  const answer = await startClient(t).request({ url: origin, signal: soon() });
  assert.equal(answer.text.length, 64 * KIB);
  assert.equal(answer.truncated, false);
});

test('more is kept where more is asked for, and no more than that', async (t) => {
  const { origin } = await startDestination(t, (response) => response.end('x'.repeat(900 * KIB)));
  const client = startClient(t);
  for (const [askedKib, keptKib] of [
    [1024, 900],
    [300, 300],
    [1, 1],
  ] as const) {
    const asked = { url: origin, signal: soon(), answerBytesMax: askedKib * KIB };
    const { text, truncated } = await client.request(asked);
    assert.deepEqual([text.length, truncated], [keptKib * KIB, keptKib === askedKib]);
  }
});

test('a cut does not break a character', async (t) => {
  const { origin } = await startDestination(t, (response) => response.end('€'.repeat(30 * KIB)));
  const { text } = await startClient(t).request({ url: origin, signal: soon() });
  assert.equal(text, '€'.repeat(Math.floor((64 * KIB) / 3)));
});

test('an endless answer is cut off, and its status counts', async (t) => {
  const closed = Promise.withResolvers<number>();
  const port = await startTcp(t, (socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
      const write = (): void => void (socket.writable && socket.write(chunk, write));
      write();
    });
    socket.once('close', () => closed.resolve(socket.bytesWritten));
  });
  const answer = await startClient(t).request({
    url: `http://127.0.0.1:${port}/`,
    signal: soon(),
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.truncated, true);
  assert.ok((await closed.promise) > 256 * KIB);
});

const ENCODINGS = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['GZIP', gzipSync],
] as const;

for (const [encoding, compress] of ENCODINGS) {
  test(`a ${encoding} answer is decompressed`, async (t) => {
    const { origin } = await startDestination(t, (response) => {
      response.setHeader('content-encoding', encoding);
      response.end(compress('{"ok":"ü"}'));
    });
    const answer = await startClient(t).request({ url: origin, signal: soon() });
    assert.equal(answer.text, '{"ok":"ü"}');
    assert.equal(answer.truncated, false);
  });

  test(`a ${encoding} bomb is inflated no further than 64 KiB`, async (t) => {
    const bomb = compress(Buffer.alloc(40 * KIB * KIB));
    const { origin } = await startDestination(t, (response) => {
      response.setHeader('content-encoding', encoding);
      response.end(bomb);
    });
    const client = startClient(t);
    const before = process.memoryUsage().arrayBuffers;
    const answer = await client.request({ url: origin, signal: soon() });
    assert.equal(answer.text.length, 64 * KIB);
    assert.equal(answer.truncated, true);
    assert.ok(process.memoryUsage().arrayBuffers - before < 4 * KIB * KIB);
  });
}

for (const [what, encoding, body] of [
  ['broken', 'gzip', Buffer.from('this is no gzip')],
  ['cut', 'gzip', gzipSync('0123456789'.repeat(1000)).subarray(0, 30)],
  ['unknown', 'zstd-of-tomorrow', Buffer.from('?')],
  ['stacked', 'gzip, gzip', gzipSync(gzipSync('x'))],
] as const) {
  test(`a ${what} encoding gives a status and no made-up text`, async (t) => {
    const { origin } = await startDestination(t, (response) => {
      response.setHeader('content-encoding', encoding);
      response.end(body);
    });
    const answer = await startClient(t).request({ url: origin, signal: soon() });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /^(0123456789)*\d*$/);
  });
}

const BROKEN: readonly (readonly [string, string])[] = [
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['a status line that is none', 'HTTP/1.1 abc\r\n\r\n'],
  ['a body shorter than announced', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nshort'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
  ['a chunk without its size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ['64 KiB of headers', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(64 * KIB)}\r\n\r\n`],
  ['nothing', ''],
];

for (const [what, bytes] of BROKEN) {
  test(`an answer with ${what} means retry/network`, async (t) => {
    const port = await startTcp(t, (socket) => socket.once('data', () => socket.end(bytes)));
    const url = `http://127.0.0.1:${port}/`;
    const result = await startClient(t).postJson(url, '{}', { signal: soon() });
    assert.equal(result.outcome === 'retry' && result.reason, 'network', JSON.stringify(result));
  });
}

test('a reset in the middle of an answer means retry/network', async (t) => {
  const port = await startTcp(t, (socket) =>
    socket.once('data', () =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\npart', () =>
        socket.resetAndDestroy(),
      ),
    ),
  );
  const client = startClient(t);
  await assert.rejects(
    client.request({ url: `http://127.0.0.1:${port}/`, signal: soon() }),
    (e) => {
      const result = resultOfError(e);
      return result.outcome === 'retry' && result.reason === 'network';
    },
  );
});

test('bytes after the announced length do not reach the next answer', async (t) => {
  const port = await startTcp(t, (socket) =>
    socket.on('data', () =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n'),
    ),
  );
  const client = startClient(t, { connections: 1 });
  for (let i = 0; i < 3; i += 1) {
    const answer = await client.request({ url: `http://127.0.0.1:${port}/`, signal: soon() });
    assert.deepEqual([answer.status, answer.text], [200, 'ok']);
  }
});

test('an interim answer is not taken for the answer', async (t) => {
  const { origin } = await startDestination(t, (response) => {
    response.writeProcessing();
    response.writeHead(201).end('made');
  });
  const answer = await startClient(t).request({ url: origin, signal: soon() });
  assert.deepEqual([answer.status, answer.text], [201, 'made']);
});

test('an answer without a body is empty text', async (t) => {
  const { origin } = await startDestination(t, (response) => response.writeHead(204).end());
  const client = startClient(t);
  assert.equal((await client.request({ url: origin, signal: soon() })).text, '');
  const head = await client.request({ url: origin, method: 'HEAD', signal: soon() });
  assert.deepEqual([head.status, head.text], [204, '']);
});

test('a strange header name harms nothing', async (t) => {
  const port = await startTcp(t, (socket) =>
    socket.once('data', () =>
      socket.end('HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y\r\ncontent-length: 0\r\n\r\n'),
    ),
  );
  const answer = await startClient(t).request({ url: `http://127.0.0.1:${port}/`, signal: soon() });
  assert.equal(answer.headers.constructor, 'y');
  assert.equal(Object.getPrototypeOf(answer.headers), Object.prototype);
});
