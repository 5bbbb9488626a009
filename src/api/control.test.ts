import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { spawnSync } from 'node:child_process';
import {
  createMemoryControl,
  serveControl,
  temporaryDirectory,
} from '../../test/support/memory-control.ts';
import { QueueError } from '../queue/queue.ts';
import { createControlClient } from './client.ts';
import { type Control, ControlError } from './contract.ts';
import { ENDPOINTS } from './endpoints.ts';
import { routes } from './routes.ts';
import { startControlServer } from './server.ts';
import { controlSocketPath } from './socket-path.ts';

interface Sent {
  readonly method?: string;
  readonly body?: string;
}

/** One request as curl would make it. */
async function send(
  socketPath: string,
  path: string,
  { method = 'GET', body }: Sent = {},
): Promise<{ status: number | undefined; text: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ socketPath, path, method, agent: false }, resolve).on('error', reject).end(body);
  });
  const chunks = await Array.fromAsync(response as AsyncIterable<Buffer>);
  return { status: response.statusCode, text: Buffer.concat(chunks).toString() };
}

async function failureOf(call: Promise<unknown>): Promise<ControlError> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(error instanceof ControlError, `no ControlError: ${String(error)}`);
  return error;
}

/** A call of every function, with input that uses every key. */
const CALLS: { readonly [Name in keyof Control]: (control: Control) => Promise<unknown> } = {
  status: (control) => control.status(),
  alerts: (control) =>
    control.alerts({
      sinceMs: 1,
      untilMs: 2,
      rule: 'R & S=ü',
      hostname: 'h',
      output: 'o',
      state: 'dead',
      limit: 7,
    }),
  why: (control) => control.why('0198f0c2-5d2e-7cc0-a1f2-000000000001'),
  deadList: (control) => control.deadList(3),
  deadShow: (control) => control.deadShow(5),
  deadReplay: (control) => control.deadReplay({ ids: [1, 2], output: 'a', to: 'b' }),
  deadDrop: (control) => control.deadDrop({ ids: [3], output: 'a' }),
  queueCheck: (control) => control.queueCheck(),
  drain: (control) => control.drain({ to: 'http://hub:2801', timeoutMs: 1000 }),
  outputTest: (control) => control.outputTest('soc'),
  outputDrop: (control) => control.outputDrop('soc'),
  outputResend: (control) => control.outputResend('soc'),
  reload: (control) => control.reload(),
};

suite('every route', () => {
  test('stands in the table once, and asks for nothing that it does not name', () => {
    const names = routes.map(({ name }) => name);
    assert.deepEqual(names.toSorted(), Object.keys(ENDPOINTS).toSorted());
    assert.equal(new Set(routes.map(({ path }) => path)).size, routes.length);
    for (const { input } of routes) {
      assert.equal((input as { additionalProperties?: unknown }).additionalProperties, false);
    }
  });

  for (const [name, call] of Object.entries(CALLS)) {
    test(`${name} reaches the hub with its input and brings back its answer`, async (t) => {
      const direct = createMemoryControl();
      const remote = createMemoryControl();
      const { socketPath } = await serveControl(t, remote);
      assert.deepEqual(await call(createControlClient(socketPath)), await call(direct));
      assert.deepEqual(remote.calls, direct.calls);
    });
  }

  test('that changes something is audited with who asked, and no other', async (t) => {
    const { socketPath, audited } = await serveControl(t, createMemoryControl());
    const client = createControlClient(socketPath, 'uid 1000 (alice)');
    for (const call of Object.values(CALLS)) await call(client);
    const changing = routes.filter(({ method }) => method === 'POST').map(({ name }) => name);
    assert.deepEqual(audited.map(({ action }) => action).toSorted(), changing.toSorted());
    assert.ok(audited.every(({ by }) => by === 'uid 1000 (alice)'));
    const replay = audited.find(({ action }) => action === 'deadReplay');
    assert.deepEqual(replay?.detail, { ids: [1, 2], output: 'a', to: 'b' });
  });

  test('that changes something is audited before it is done', async (t) => {
    let auditedBefore = 0;
    const control = createMemoryControl({
      deadDrop: async () => (auditedBefore = running.audited.length),
    });
    const running = await serveControl(t, control);
    await createControlClient(running.socketPath).deadDrop({});
    assert.equal(auditedBefore, 1);
  });

  test('leaves the credentials of a URL out of the audit', async (t) => {
    const { socketPath, audited } = await serveControl(t, createMemoryControl());
    const to = 'https://planted-user:planted-password@hub:2801/in/planted-token?x=planted';
    await createControlClient(socketPath).drain({ to, timeoutMs: 0 });
    assert.deepEqual(audited[0]?.detail, { to: 'https://hub:2801', timeoutMs: 0 });
  });
});

suite('bad input', () => {
  const cases: readonly [name: string, path: string, sent: Sent, status: number, says: RegExp][] = [
    ['an unknown path', '/nothing', {}, 404, /not_found/],
    ['a path that is none', '//', {}, 404, /not_found/],
    ['another method', '/status', { method: 'POST' }, 405, /Use GET/],
    ['no limit', '/alerts', {}, 400, /required property 'limit'/],
    ['a limit beyond the bound', '/alerts?limit=1001', {}, 400, /limit must be <= 1000/],
    ['a limit that is no number', '/alerts?limit=many', {}, 400, /limit must be integer/],
    ['a key nobody knows', '/status?x=1', {}, 400, /additional properties \\"x\\"/],
    ['a state that is none', '/alerts?limit=1&state=lost', {}, 400, /waiting/],
    ['a uuid that is none', '/why?uuid=x', {}, 400, /uuid must match/],
    ['text as a number', '/dead/drop', { method: 'POST', body: '{"ids":["1"]}' }, 400, /integer/],
    ['text that is no JSON', '/reload', { method: 'POST', body: '{' }, 400, /invalid_json/],
    ['JSON that is no object', '/reload', { method: 'POST', body: '[]' }, 400, /must be object/],
    ['65 KiB', '/reload', { method: 'POST', body: 'x'.repeat(65 * 1024) }, 413, /64 KiB/],
  ];
  for (const [name, path, sent, status, says] of cases) {
    test(`${name} is refused with a code, and nothing is done`, async (t) => {
      const control = createMemoryControl();
      const { socketPath, audited } = await serveControl(t, control);
      const answer = await send(socketPath, path, sent);
      assert.equal(answer.status, status);
      assert.match(answer.text, says);
      assert.match((JSON.parse(answer.text) as { code: string }).code, /^[a-z_]+$/);
      assert.deepEqual(control.calls, []);
      assert.deepEqual(audited, []);
    });
  }
});

suite('what goes wrong', () => {
  test('in a way the operator should know has its code and text', async (t) => {
    const { socketPath } = await serveControl(
      t,
      createMemoryControl({
        outputTest: () => Promise.reject(new ControlError('unknown_output', 'There is no x.')),
        deadReplay: () => Promise.reject(new QueueError('queue_busy', 'Come back.', 1000)),
      }),
    );
    const client = createControlClient(socketPath);
    const unknown = await failureOf(client.outputTest('x'));
    assert.deepEqual([unknown.code, unknown.message], ['unknown_output', 'There is no x.']);
    assert.equal((await failureOf(client.deadReplay({}))).code, 'queue_busy');
  });

  test('in the hub itself is told to the hub, and only that it went wrong to the asker', async (t) => {
    const fault = new Error('planted secret');
    const control = createMemoryControl({ status: () => Promise.reject(fault) });
    const { socketPath, faults } = await serveControl(t, control);
    const error = await failureOf(createControlClient(socketPath).status());
    assert.equal(error.code, 'internal');
    assert.doesNotMatch(error.message, /planted/);
    assert.deepEqual(faults, [fault]);
  });

  test('an answer beyond the bound is refused, and says what to do', async (t) => {
    const large = Array.from({ length: 40 }, () => ({ json: 'x'.repeat(1024 * 1024) }));
    const control = createMemoryControl({ alerts: async () => large as never });
    const { socketPath } = await serveControl(t, control);
    const error = await failureOf(createControlClient(socketPath).alerts({ limit: 40 }));
    assert.equal(error.code, 'answer_too_large');
    assert.match(error.message, /ask for fewer/);
  });

  test('a socket that is not a hub’s is told apart from a hub', async (t) => {
    const socketPath = controlSocketPath(temporaryDirectory(t));
    const server = createServer((_, response) => response.end('<html>')).listen(socketPath);
    t.after(() => server.close());
    await once(server, 'listening');
    assert.equal((await failureOf(createControlClient(socketPath).status())).code, 'bad_answer');
  });

  test('a hub that ends before it answers is told as such', async (t) => {
    const socketPath = controlSocketPath(temporaryDirectory(t));
    const server = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    t.after(() => server.close());
    await once(server.listen(socketPath), 'listening');
    assert.equal((await failureOf(createControlClient(socketPath).status())).code, 'hub_gone');
  });

  test('nobody at the socket is told with its path', async (t) => {
    const socketPath = controlSocketPath(temporaryDirectory(t));
    const error = await failureOf(createControlClient(socketPath).status());
    assert.equal(error.code, 'no_hub');
    assert.ok(error.message.includes(socketPath));
  });
});

suite('the socket', () => {
  test('is open to its owner alone, whatever the umask', async (t) => {
    const before = process.umask(0);
    t.after(() => process.umask(before));
    const { socketPath } = await serveControl(t, createMemoryControl());
    assert.equal(statSync(socketPath).mode & 0o777, 0o600);
    assert.equal(process.umask(), 0);
  });

  test('of a hub that died is replaced', async (t) => {
    const socketPath = controlSocketPath(temporaryDirectory(t));
    const dying = `require('node:net').createServer().listen(process.argv[1], () =>
      process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', dying, socketPath]);
    assert.ok(existsSync(socketPath));
    assert.equal((await failureOf(createControlClient(socketPath).status())).code, 'no_hub');
    const control = createMemoryControl();
    const server = await startControlServer({ socketPath, control, audit: () => undefined });
    t.after(() => server.close());
    assert.equal((await createControlClient(socketPath).status()).pid, 4711);
  });

  test('of a hub that lives stays its own', async (t) => {
    const first = createMemoryControl();
    const { socketPath } = await serveControl(t, first);
    const second = startControlServer({ socketPath, control: first, audit: () => undefined });
    assert.equal((await failureOf(second)).code, 'socket_in_use');
    await createControlClient(socketPath).status();
    assert.equal(first.calls.length, 1);
  });

  test('does not take the place of a file', async (t) => {
    const socketPath = controlSocketPath(temporaryDirectory(t));
    writeFileSync(socketPath, 'mine');
    const control = createMemoryControl();
    const started = startControlServer({ socketPath, control, audit: () => undefined });
    assert.equal((await failureOf(started)).code, 'socket_path_taken');
  });

  test('in a directory that does not exist fails with the system’s error', async (t) => {
    const socketPath = join(temporaryDirectory(t), 'nowhere', 'control.sock');
    const control = createMemoryControl();
    const started = startControlServer({ socketPath, control, audit: () => undefined });
    await assert.rejects(started, /ENOENT|EACCES/);
  });

  test('goes when the hub closes, after the answers under way', async (t) => {
    const { promise, resolve } = Promise.withResolvers<{ reloaded: boolean; problems: [] }>();
    const asked = Promise.withResolvers<void>();
    const control = createMemoryControl({
      reload: () => {
        asked.resolve();
        return promise;
      },
    });
    const { socketPath, server } = await serveControl(t, control);
    const answer = createControlClient(socketPath).reload();
    await asked.promise;
    const closed = server.close();
    resolve({ reloaded: true, problems: [] });
    assert.deepEqual(await answer, { reloaded: true, problems: [] });
    await closed;
    assert.ok(!existsSync(socketPath));
  });

  test('path that the system would cut off is refused with what to do', (t) => {
    const base = temporaryDirectory(t);
    const fits = join(base, 'x'.repeat(103 - base.length - '//control.sock'.length));
    mkdirSync(fits);
    assert.equal(controlSocketPath(fits).length, 103);
    assert.throws(() => controlSocketPath(`${fits}x`), /by 1 bytes: choose a shorter queue\.dir/);
  });
});
