import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDoor, request } from '../../../test/support/http-ingest.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];

test('/ping and /healthz answer every method as Falcosidekick does', async (t) => {
  const { port } = await openDoor(t);
  for (const method of METHODS) {
    const ping = await request(port, '/ping', { method });
    assert.deepEqual([method, ping.status, ping.body], [method, 200, 'pong\n']);
    assert.equal(ping.headers.get('content-type'), 'text/plain; charset=utf-8');
    const health = await request(port, '/healthz', { method });
    assert.deepEqual([method, health.status, health.body], [method, 200, '{"status": "ok"}']);
    assert.equal(health.headers.get('content-type'), 'application/json');
  }
  const head = await request(port, '/ping', { method: 'HEAD' });
  assert.deepEqual([head.status, head.body], [200, '']);
});

test('/readyz shows the detail, 200 when ready and 503 when not', async (t) => {
  let ready = false;
  const door = await openDoor(t, {}, { ready: () => ({ ready, detail: { queue: 'opening' } }) });
  const before = await request(door.port, '/readyz');
  assert.equal(before.status, 503);
  assert.deepEqual(JSON.parse(before.body), { queue: 'opening', ready: false, draining: false });
  ready = true;
  assert.equal((await request(door.port, '/readyz')).status, 200);
});

test('/metrics serves what the format asked for says', async (t) => {
  const door = await openDoor(t);
  const accept = 'application/openmetrics-text; version=1.0.0';
  const answer = await request(door.port, '/metrics', { headers: { accept } });
  assert.deepEqual([answer.status, answer.body], [200, 'up 1\n']);
  assert.equal(answer.headers.get('content-type'), accept);
});

test('probes are not counted as requests', async (t) => {
  const door = await openDoor(t);
  for (const path of ['/ping', '/healthz', '/readyz', '/metrics']) await request(door.port, path);
  assert.deepEqual(door.requests, []);
});

test('everything else but POST is 405, and counts as Falcosidekick counts it', async (t) => {
  const door = await openDoor(t);
  const paths = ['/', '/test', '/api/v1/alerts', '/in/secret-token', '/debug/vars', '/nowhere'];
  for (const path of paths) {
    for (const method of METHODS.filter((name) => name !== 'POST')) {
      const answer = await request(door.port, path, { method });
      assert.deepEqual([method, path, answer.status], [method, path, 405]);
      assert.equal(answer.headers.get('allow'), 'POST');
      assert.equal(
        answer.body,
        '{"code":"method_not_allowed","message":"Send alerts with POST."}\n',
      );
    }
  }
  assert.equal(door.requests.length, paths.length * 5);
  assert.ok(door.requests.every(({ accepted }) => !accepted));
});

test('a path that cannot be decoded or is too long has its own answer', async (t) => {
  const door = await openDoor(t);
  const bad = await request(door.port, '/in/%zz', { method: 'POST', body: '{}' });
  assert.equal(bad.status, 400);
  assert.equal(bad.body, '{"code":"bad_url","message":"The path is not well percent-encoded."}\n');
  for (const path of [
    `/${'a'.repeat(2048)}`,
    `/in/${'a'.repeat(2048)}`,
    `/ping?${'a'.repeat(2048)}`,
  ]) {
    const long = await request(door.port, path, { method: 'POST', body: '{}' });
    assert.equal(long.status, 414);
    assert.match(long.body, /"url_too_long"/);
  }
});
