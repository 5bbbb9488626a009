import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  closedPort,
  soon,
  startClient,
  startDestination,
  startTcp,
} from '../../test/support/http-destination.ts';
import { HttpError } from './http-error.ts';
import { resultOfError } from './http.ts';

test('a string is posted as it is, as JSON and with the hub’s name', async (t) => {
  const { origin, requests } = await startDestination(t);
  const result = await startClient(t).postJson(`${origin}/in?x=1`, '{"n":12345678901234567890}', {
    signal: soon(),
  });
  assert.deepEqual(result, { outcome: 'delivered' });
  const [request] = requests;
  assert.equal(request?.method, 'POST');
  assert.equal(request?.url, '/in?x=1');
  assert.equal(request?.body, '{"n":12345678901234567890}');
  assert.equal(request?.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(request?.headers['user-agent'], 'Tocsin/1.2.3');
  assert.equal(request?.headers['content-length'], '26');
});

test('a value is posted as its JSON', async (t) => {
  const { origin, requests } = await startDestination(t);
  await startClient(t).postJson(origin, { a: [1, 'ü'] }, { signal: soon(), method: 'PUT' });
  assert.equal(requests[0]?.method, 'PUT');
  assert.equal(requests[0]?.body, '{"a":[1,"ü"]}');
});

test('given headers win, and are the same on every request', async (t) => {
  const { origin, requests } = await startDestination(t);
  const client = startClient(t);
  const headers = { 'Content-Type': 'application/x-ndjson', 'X-Key': 'k', 'user-agent': 'Other' };
  for (const body of ['1', '2']) await client.postJson(origin, body, { signal: soon(), headers });
  for (const { headers: got } of requests) {
    assert.equal(got['content-type'], 'application/x-ndjson');
    assert.equal(got['x-key'], 'k');
    assert.equal(got['user-agent'], 'Other');
  }
});

test('user info in a URL becomes Basic authorization, percent-decoded', async (t) => {
  const { port, requests } = await startDestination(t);
  const url = `http://us%40er:p%3Ass@127.0.0.1:${port}/`;
  await startClient(t).postJson(url, '{}', { signal: soon() });
  const expected = `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`;
  assert.equal(requests[0]?.headers.authorization, expected);
});

test('a request gives status, headers and text', async (t) => {
  const { origin, requests } = await startDestination(t, (response) => {
    response.setHeader('X-Twice', ['a', 'b']);
    response.writeHead(207).end('süß');
  });
  const answer = await startClient(t).request({ url: `${origin}/`, signal: soon() });
  assert.equal(requests[0]?.method, 'GET');
  assert.equal(answer.status, 207);
  assert.equal(answer.headers['x-twice'], 'a, b');
  assert.equal(answer.text, 'süß');
  assert.equal(answer.truncated, false);
});

test('connections are used again', async (t) => {
  const destination = await startDestination(t, (response) => response.end('x'.repeat(200_000)));
  const client = startClient(t, { connections: 1 });
  for (let i = 0; i < 5; i += 1) {
    assert.equal(
      (await client.postJson(destination.origin, '{}', { signal: soon() })).outcome,
      'delivered',
    );
  }
  assert.equal(destination.connections(), 1);
});

test('a connection that was closed while idle costs no attempt', async (t) => {
  let connections = 0;
  const port = await startTcp(t, (socket) => {
    connections += 1;
    // Answers, and hangs up without having said so.
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  const client = startClient(t, { connections: 1 });
  for (let i = 0; i < 5; i += 1) {
    const result = await client.postJson(`http://127.0.0.1:${port}/`, '{}', { signal: soon() });
    assert.deepEqual(result, { outcome: 'delivered' });
  }
  assert.equal(connections, 5);
});

test('a server that always hangs up gets a request twice and no more', async (t) => {
  let connections = 0;
  const port = await startTcp(t, (socket) => {
    connections += 1;
    socket.once('data', () => socket.end());
  });
  const url = `http://127.0.0.1:${port}/`;
  const result = await startClient(t).postJson(url, '{}', { signal: soon() });
  assert.equal(result.outcome === 'retry' && result.reason, 'network');
  assert.equal(connections, 2);
});

test('no more connections are made than allowed', async (t) => {
  const destination = await startDestination(t, (response) => setTimeout(() => response.end(), 20));
  const client = startClient(t, { connections: 2 });
  const posts = Array.from({ length: 8 }, () =>
    client.postJson(destination.origin, '{}', { signal: soon() }),
  );
  for (const result of await Promise.all(posts)) assert.equal(result.outcome, 'delivered');
  assert.equal(destination.connections(), 2);
});

test('a 2xx answer is looked at by who wants more than a status', async (t) => {
  const { origin } = await startDestination(t, (response) => response.end('{"ok":false}'));
  const result = await startClient(t).postJson(origin, '{}', {
    signal: soon(),
    accept: ({ text }) =>
      (JSON.parse(text) as { ok: boolean }).ok
        ? { outcome: 'delivered' }
        : { outcome: 'reject', reason: 'payload', detail: 'not ok' },
  });
  assert.deepEqual(result, { outcome: 'reject', reason: 'payload', detail: 'not ok' });
});

test('a 200 that cannot be understood is not delivered', async (t) => {
  const { origin } = await startDestination(t, (response, { url }) =>
    response.end(`<html>login for ${url}</html>`),
  );
  const result = await startClient(t).postJson(`${origin}/tokenXYZ`, '{}', {
    signal: soon(),
    accept: ({ text }) => JSON.parse(text) as never,
  });
  assert.equal(result.outcome, 'retry');
  assert.match(JSON.stringify(result), /not understood/);
  assert.doesNotMatch(JSON.stringify(result), /tokenXYZ/);
});

test('a header with a line break is never sent', async (t) => {
  const destination = await startDestination(t);
  const result = await startClient(t).postJson(destination.origin, '{}', {
    signal: soon(),
    headers: { 'x-rule': 'a\r\nx-admin: hidden-value' },
  });
  assert.equal(result.outcome === 'reject' && result.reason, 'bug');
  assert.match(JSON.stringify(result), /x-rule/);
  assert.doesNotMatch(JSON.stringify(result), /hidden-value/);
  assert.equal(destination.connections(), 0);
});

for (const url of ['', 'no url', 'ftp://host/secretpath', 'https://', '/secretpath']) {
  test(`the URL ${JSON.stringify(url)} is refused without being quoted`, async (t) => {
    const result = await startClient(t).postJson(url, '{}', { signal: soon() });
    assert.equal(result.outcome === 'retry' && result.reason, 'client');
    assert.doesNotMatch(JSON.stringify(result), /secretpath/);
  });
}

for (const status of [307, 308]) {
  test(`a ${status} to the same origin is followed with method, body and headers`, async (t) => {
    const { origin, requests } = await startDestination(t, (response, { url }) => {
      if (url === '/new') response.end();
      else response.writeHead(status, { location: '/new' }).end();
    });
    const result = await startClient(t).postJson(`${origin}/old`, '{"a":1}', {
      signal: soon(),
      headers: { authorization: 'Bearer t' },
    });
    assert.equal(result.outcome, 'delivered');
    assert.deepEqual(
      requests.map(({ method, url, body, headers }) => [method, url, body, headers.authorization]),
      [
        ['POST', '/old', '{"a":1}', 'Bearer t'],
        ['POST', '/new', '{"a":1}', 'Bearer t'],
      ],
    );
  });
}

for (const status of [301, 302, 303]) {
  test(`a ${status} is not followed, because it would change the request`, async (t) => {
    const { origin, requests } = await startDestination(t, (response) =>
      response.writeHead(status, { location: '/new' }).end(),
    );
    const result = await startClient(t).postJson(origin, '{}', { signal: soon() });
    assert.equal(result.outcome === 'retry' && result.reason, 'client');
    assert.equal(requests.length, 1);
  });
}

test('a redirect to another host or port is not followed', async (t) => {
  const other = await startDestination(t);
  for (const location of [`http://localhost:${other.port}/`, `${other.origin}/`]) {
    const { origin } = await startDestination(t, (response) =>
      response.writeHead(307, { location }).end(),
    );
    const result = await startClient(t).postJson(origin, '{}', { signal: soon() });
    assert.equal(result.outcome === 'retry' && result.reason, 'client');
  }
  assert.equal(other.requests.length, 0);
});

test('redirects in a circle end after three', async (t) => {
  const { origin, requests } = await startDestination(t, (response) =>
    response.writeHead(308, { location: '/again' }).end(),
  );
  const result = await startClient(t).postJson(origin, '{}', { signal: soon() });
  assert.equal(result.outcome === 'retry' && result.reason, 'client');
  assert.equal(requests.length, 4);
});

test('nothing that fails tells the URL’s secrets', async (t) => {
  const free = await startTcp(t, () => undefined);
  const { port: echoing } = await startDestination(t, (response, { url, headers }) => {
    response.statusCode = 500;
    response.end(`${url} ${headers.authorization} ${String(headers['x-key'])}`);
  });
  const { port: resetting } = await startDestination(t, (response) => response.destroy());
  const targets = [
    `127.0.0.1:${echoing}`,
    `127.0.0.1:${resetting}`,
    `127.0.0.1:${free}`,
    '127.0.0.1:1',
    '169.254.169.254',
    'no-such-host.invalid',
  ];
  const client = startClient(t, {
    lookup: (_host, _options, callback) =>
      callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), []),
  });
  for (const target of targets) {
    const request = {
      url: `http://planted1:planted2@${target}/planted3/x?key=planted4#planted5`,
      headers: { 'x-key': 'planted6' },
      signal: AbortSignal.timeout(200),
    };
    const result = await client.postJson(request.url, '{}', request);
    assert.notEqual(result.outcome, 'delivered', target);
    assert.doesNotMatch(JSON.stringify(result), /planted|cGxhbnRlZD/, target);
    const error: unknown = await client.request(request).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (target !== targets[0]) {
      assert.ok(error instanceof HttpError, target);
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /planted/, target);
      assert.equal(resultOfError(error), error.failure);
    }
  }
});

test('a refused connection names host and port', async (t) => {
  const port = await closedPort();
  const url = `http://127.0.0.1:${port}/`;
  assert.deepEqual(await startClient(t).postJson(url, '{}', { signal: soon() }), {
    outcome: 'retry',
    reason: 'network',
    detail: `127.0.0.1:${port}: connection refused (ECONNREFUSED)`,
  });
});
