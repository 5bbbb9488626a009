import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../../test/support/command-line.ts';
import { eventually } from '../../../test/support/eventually.ts';
import {
  closedPort,
  type Received,
  startDestination,
} from '../../../test/support/http-destination.ts';
import { openDoor } from '../../../test/support/http-ingest.ts';

function falco(count: number, from = 1): string {
  return Array.from(
    { length: count },
    (_, at) => `{"priority":"Notice","rule":"R ${from + at}"}\n`,
  ).join('');
}

function rulesIn(body: string): string[] {
  const lines = body.trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { rule: string }).rule);
}

function taken({ body }: Received, rejected: readonly object[] = []): string {
  const accepted = body.trim().split('\n').length - rejected.length;
  return JSON.stringify({ accepted, duplicate: 0, rejected });
}

suite('lines are posted', () => {
  test('to a real hub, in order, JSON and text, until stdin ends', async (t) => {
    const { port, admitted } = await openDoor(t);
    const stdin = `Falco version: 0.44.1\n${falco(120)}12:00:00.5: Warning A shell (user=root)\n`;
    const ran = await run(['tail', '--url', `http://127.0.0.1:${port}`], { stdin });
    assert.equal(ran.stderr, '');
    assert.equal(ran.stdout, '121 accepted, 0 rejected, 1 lines were no alerts\n');
    assert.equal(ran.exitCode, 0);
    const documents = admitted.flatMap(({ documents }) => documents as { rule: string }[]);
    assert.deepEqual(
      documents.map(({ rule }) => rule),
      [...Array.from({ length: 120 }, (_, at) => `R ${at + 1}`), 'A shell'],
    );
  });

  test('and what the hub refuses is named by its line', async (t) => {
    const { port } = await openDoor(t);
    const stdin = `{"rule":"a"}\n{"priority":"Error"}\n{broken\n`;
    const ran = await run(['tail', '--url', `http://127.0.0.1:${port}`], { stdin });
    assert.equal(ran.exitCode, 1);
    assert.equal(ran.stdout, '1 accepted, 2 rejected, 0 lines were no alerts\n');
    assert.match(ran.stderr, /^line 2: rule_missing: .*\nline 3: invalid_json: .*\n$/);
  });

  test('--json tells how it went', async (t) => {
    const { port } = await openDoor(t);
    const argv = ['tail', '--url', `http://127.0.0.1:${port}`, '--json'];
    const { stdout } = await run(argv, { stdin: `noise\n${falco(2)}` });
    const told = { accepted: 2, duplicate: 0, rejected: 0, ignored: 1, unsent: 0, rejections: [] };
    assert.deepEqual(JSON.parse(stdout), { ok: true, ...told });
  });
});

suite('a hub that does not take them is asked until it does', () => {
  const answers: readonly (readonly [name: string, status: number, body: string])[] = [
    ['is full', 503, '{"code":"queue_full","message":"The queue is full."}'],
    ['wants fewer', 429, ''],
    ['has a fault', 500, ''],
    ['wants other credentials', 401, ''],
    ['is none', 200, '<html>Log in</html>'],
  ];
  for (const [name, status, body] of answers) {
    test(`though it ${name}`, async (t) => {
      const hub = await startDestination(t, (response, request) => {
        if (hub.requests.length > 2) {
          response.end(taken(request));
          return;
        }
        response.writeHead(status, { 'retry-after': '0' });
        response.end(body);
      });
      const { exitCode, stderr } = await run(['tail', '--url', hub.origin], { stdin: falco(3) });
      assert.equal(exitCode, 0);
      assert.match(stderr, /^waiting .*, and again until it works: /);
      assert.equal(stderr.split('\n').length, 2);
      const bodies = new Set(hub.requests.map(({ body: sent }) => sent));
      // The same uuids each time: a hub that has them already knows.
      assert.equal(bodies.size, 1);
    });
  }

  test('though it keeps some for later', async (t) => {
    const hub = await startDestination(t, (response, request) => {
      const later = { index: 1, code: 'sender_share', message: 'Later.' };
      response.end(taken(request, hub.requests.length === 1 ? [later] : []));
    });
    const { exitCode, stdout } = await run(['tail', '--url', hub.origin], { stdin: falco(3) });
    assert.equal(exitCode, 0);
    assert.equal(stdout, '3 accepted, 0 rejected, 0 lines were no alerts\n');
    assert.deepEqual(rulesIn(hub.requests[1]?.body ?? ''), ['R 2']);
  });

  test('but an alert that is too large for it is refused, and those beside it are not', async (t) => {
    const hub = await startDestination(t, (response, request) => {
      const isLarge = request.body.includes('R 2"');
      response.writeHead(isLarge ? 413 : 200);
      response.end(isLarge ? '' : taken(request));
    });
    const { exitCode, stdout, stderr } = await run(['tail', '--url', hub.origin], {
      stdin: falco(4),
    });
    assert.equal(exitCode, 1);
    assert.equal(stdout, '3 accepted, 1 rejected, 0 lines were no alerts\n');
    assert.match(stderr, /^line 2: body_too_large: /);
  });
});

test('what cannot be meant is said', async () => {
  const size = await run(['tail', '--buffer', 'much']);
  assert.deepEqual([size.exitCode, size.stdout], [2, '']);
  assert.match(size.stderr, /--buffer: "much" is no size/);
  const length = await run(['tail', '--grace', 'long']);
  assert.equal(length.exitCode, 2);
  const url = await run(['tail', '--url', 'nowhere']);
  assert.match(url.stderr, /--url: write the URL of a hub/);
});

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));

suite('as a program of its own', () => {
  test('it stops reading while the hub is away, and loses nothing when it is back', async (t) => {
    let isAway = true;
    const rules: string[] = [];
    const hub = await startDestination(t, (response, request) => {
      if (isAway) {
        response.writeHead(503, { 'retry-after': '0' });
        response.end();
        return;
      }
      rules.push(...rulesIn(request.body));
      response.end(taken(request));
    });
    const args = [MAIN, 'tail', '--url', hub.origin, '--buffer', '64KiB'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const count = 20_000;
    child.stdin.end(falco(count));
    await eventually('it asks again', () => hub.requests.length > 3);
    // Everything is written, and most of it still waits on this side of the pipe.
    assert.ok(child.stdin.writableLength > 400_000);
    isAway = false;
    const [exitCode] = (await once(child, 'close')) as [number];
    assert.equal(exitCode, 0);
    assert.equal(stdout, `${count} accepted, 0 rejected, 0 lines were no alerts\n`);
    assert.deepEqual(
      rules,
      Array.from({ length: count }, (_, at) => `R ${at + 1}`),
    );
  });

  test('SIGTERM ends it, and it says what is not sent', async (t) => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const args = [MAIN, 'tail', '--url', url, '--grace', '200ms'];
    const child = spawn(process.execPath, args, { stdio: 'pipe' });
    t.after(() => child.kill('SIGKILL'));
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.write(falco(3));
    await eventually('it has tried', () => stderr.includes('again until it works'));
    child.kill('SIGTERM');
    const [exitCode] = (await once(child, 'close')) as [number];
    assert.equal(exitCode, 1);
    assert.match(stderr, /ended by a signal: /);
    assert.match(stderr, /3 alerts were not sent/);
  });
});
