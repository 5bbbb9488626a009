import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { IncomingWebhook } from '@slack/webhook';
import { soon, startClient, startDestination } from '../../test/support/http-destination.ts';
import { HttpError } from './http-error.ts';
import { resultOfError } from './http.ts';

test('fetch sends method, headers and body, and gives a real Response', async (t) => {
  const { origin, requests } = await startDestination(t, (response) => {
    response.setHeader('retry-after', '7');
    response.writeHead(429).end('{"ok":false}');
  });
  const response = await startClient(t).fetch(`${origin}/a?b=c`, {
    method: 'put',
    headers: { 'X-Key': 'k' },
    body: new URLSearchParams({ text: 'ü' }),
    signal: soon(),
  });
  assert.ok(response instanceof Response);
  assert.equal(response.status, 429);
  assert.equal(response.headers.get('retry-after'), '7');
  assert.deepEqual(await response.json(), { ok: false });
  const [request] = requests;
  assert.equal(`${request?.method} ${request?.url}`, 'PUT /a?b=c');
  assert.equal(request?.headers['x-key'], 'k');
  assert.match(request?.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
  assert.equal(request?.headers['user-agent'], 'Tocsin/1.2.3');
  assert.equal(request?.body, 'text=%C3%BC');
});

test('fetch takes a URL and a Request', async (t) => {
  const { origin, requests } = await startDestination(t);
  const { fetch } = startClient(t);
  await fetch(new URL(`${origin}/url`));
  await fetch(new Request(`${origin}/request`, { method: 'POST', body: 'x' }));
  assert.deepEqual(
    requests.map(({ method, url, body }) => [method, url, body]),
    [
      ['GET', '/url', ''],
      ['POST', '/request', 'x'],
    ],
  );
});

test('fetch decompresses, and gives a 204 without a body', async (t) => {
  const { origin } = await startDestination(t, (response, { url }) => {
    if (url === '/204') response.writeHead(204).end();
    else response.setHeader('content-encoding', 'gzip').end(gzipSync('hello'));
  });
  const { fetch } = startClient(t);
  assert.equal(await (await fetch(origin)).text(), 'hello');
  const empty = await fetch(`${origin}/204`);
  assert.deepEqual([empty.status, await empty.text()], [204, '']);
});

test('fetch follows the destination policy', async (t) => {
  const { fetch } = startClient(t);
  await assert.rejects(fetch('http://169.254.169.254/latest/meta-data'), (error) => {
    assert.ok(error instanceof HttpError);
    assert.equal(error.code, 'destination_refused');
    return true;
  });
});

test('fetch does not follow a redirect elsewhere', async (t) => {
  const other = await startDestination(t);
  const { origin } = await startDestination(t, (response) =>
    response.writeHead(302, { location: other.origin }).end(),
  );
  const { fetch } = startClient(t);
  assert.equal((await fetch(origin)).status, 302);
  await assert.rejects(fetch(origin, { redirect: 'error' }), /redirect is not followed/);
  assert.equal(other.requests.length, 0);
});

test('fetch refuses an answer that is too long, or a bomb', async (t) => {
  const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024));
  const { origin } = await startDestination(t, (response, { url }) => {
    if (url === '/bomb') response.setHeader('content-encoding', 'gzip').end(bomb);
    else response.end('x'.repeat(1024 * 1024 + 1));
  });
  const { fetch } = startClient(t);
  for (const path of ['/long', '/bomb']) {
    await assert.rejects(fetch(origin + path), /too long/);
  }
});

test('fetch ends with its signal', async (t) => {
  const { origin } = await startDestination(t, () => undefined);
  const signal = AbortSignal.timeout(50);
  await assert.rejects(startClient(t).fetch(origin, { signal }), (error) => {
    const result = resultOfError(error);
    return result.outcome === 'retry' && result.reason === 'timeout';
  });
});

test('fetch tells no secret of its URL', async (t) => {
  const { fetch } = startClient(t);
  for (const url of ['http://user:planted1@127.0.0.1:1/planted2?k=planted3', 'planted4']) {
    await assert.rejects(fetch(url, { signal: soon() }), (error) => {
      assert.ok(error instanceof HttpError);
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /planted/);
      return true;
    });
  }
});

test('Slack’s own client works on it, and its errors are understood', async (t) => {
  const { origin, requests } = await startDestination(t, (response) => response.end('ok'));
  const { fetch } = startClient(t);
  const answer = await new IncomingWebhook(`${origin}/services/T/B/X`, { fetch }).send('hello');
  assert.equal(answer.text, 'ok');
  assert.equal(requests[0]?.body, '{"text":"hello"}');
  const refused = new IncomingWebhook('http://127.0.0.1:1/services/T/B/planted', { fetch });
  await assert.rejects(refused.send('hello'), (error) => {
    const result = resultOfError(error);
    assert.equal(result.outcome === 'retry' && result.reason, 'network');
    assert.doesNotMatch(JSON.stringify(result), /planted/);
    return true;
  });
});
