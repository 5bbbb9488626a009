import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDoor, post, request } from '../../../test/support/http-ingest.ts';

const ALERT = '{"rule":"R"}';
const TOKENS = [{ name: 'node-a', token: 'header-secret', tokenNext: 'header-secret-2' }];
const USERS = [{ username: 'falco', password: 'user-secret' }];
const PATHS = [{ name: 'node-b', token: 'path-secret%' }];
const ALL = { auth: { tokens: TOKENS, basic: USERS, paths: PATHS } };
const BASIC = `Basic ${Buffer.from('falco:user-secret').toString('base64')}`;

test('each proof lets a sender in and gives it its name', async (t) => {
  const door = await openDoor(t, ALL);
  const proofs: [Record<string, string>, string, string][] = [
    [{ authorization: 'Bearer header-secret' }, '/', 'token:node-a'],
    [{ authorization: 'Bearer header-secret-2' }, '/api/v1/alerts', 'token:node-a'],
    [{ authorization: BASIC }, '/anything', 'user:falco'],
    [{}, '/in/path-secret%25', 'token:node-b'],
    [{}, '/in/path-secret%25?timeout=30s', 'token:node-b'],
    [{ authorization: BASIC }, '/in/no-token', 'user:falco'],
    [{ authorization: BASIC, 'tocsin-hops': '2' }, '/test', 'user:falco'],
  ];
  for (const [headers, path, identity] of proofs) {
    assert.deepEqual([path, (await post(door.port, ALERT, headers, path)).status], [path, 200]);
    assert.equal(door.admitted.at(-1)?.sender.identity, identity);
  }
  assert.equal(door.admitted.at(-1)?.sender.hops, 2);
});

test('every failure is the same 401 before the body is read', async (t) => {
  const door = await openDoor(t, ALL);
  const failures: [Record<string, string>, string][] = [
    [{}, '/'],
    [{}, '/test'],
    [{}, '/api/v1/alerts'],
    [{}, '/in/wrong-secret'],
    [{}, '/in/path-secret%25/more'],
    [{}, '/path-secret%25'],
    [{ authorization: 'Bearer wrong-secret' }, '/'],
    [{ authorization: 'Bearer path-secret%' }, '/'],
    [{ authorization: `Basic ${Buffer.from('falco:wrong').toString('base64')}` }, '/'],
    [{ authorization: 'Negotiate x' }, '/'],
    [{ authorization: 'Bearer ' + 'x'.repeat(10_000) }, '/'],
  ];
  const bodies = new Set<string>();
  for (const [headers, path] of failures) {
    const answer = await post(door.port, 'not even JSON', headers, path);
    assert.deepEqual([path, answer.status], [path, 401]);
    assert.equal(
      answer.headers.get('www-authenticate'),
      'Bearer realm="tocsin", Basic realm="tocsin", charset="UTF-8"',
    );
    bodies.add(answer.body);
  }
  assert.equal(bodies.size, 1);
  assert.equal(door.admitted.length, 0);
  assert.ok(door.rejected.every(({ code, sender }) => code === 'unauthorized' && !sender.identity));
  assert.equal(door.ingest.authenticated(), true);
});

test('probes and metrics stay open where proof is required', async (t) => {
  const door = await openDoor(t, ALL);
  for (const path of ['/ping', '/healthz', '/readyz', '/metrics']) {
    assert.deepEqual([path, (await request(door.port, path)).status], [path, 200]);
  }
});

test('/test is not spent by those who may not use it', async (t) => {
  const door = await openDoor(t, ALL);
  assert.equal((await post(door.port, '', {}, '/test')).status, 401);
  assert.equal((await post(door.port, '', { authorization: BASIC }, '/test')).status, 200);
});

test('an open door proves nothing, and says at start that it is open', async (t) => {
  const door = await openDoor(t);
  await post(door.port, ALERT, { authorization: BASIC }, '/in/some-name');
  assert.deepEqual(door.admitted[0]?.sender, { input: 'http', peer: '127.0.0.1' });
  assert.equal(door.ingest.authenticated(), false);
  assert.equal(door.logged.filter(({ text }) => /everybody/.test(text)).length, 1);
});

test('no secret reaches an answer, a log line or a count', async (t) => {
  const fail = { admit: () => Promise.reject(new Error('disk')) };
  const door = await openDoor(t, ALL, { admission: fail });
  const answers = [
    await post(door.port, ALERT, {}, '/in/path-secret%25'),
    await post(door.port, ALERT, {}, '/in/path-secret%25%zz'),
    await post(door.port, ALERT, {}, `/in/path-secret%25${'x'.repeat(3000)}`),
    await request(door.port, '/in/path-secret%25'),
    await post(door.port, ALERT, { authorization: 'Bearer header-secret' }),
    await post(door.port, ALERT, { authorization: BASIC }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [500, 400, 414, 405, 500, 500],
  );
  const seen = JSON.stringify([answers, door.logged, door.rejected, door.requests]);
  assert.doesNotMatch(seen, /secret/);
});
