import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { run } from '../../../test/support/command-line.ts';
import {
  closedPort,
  type Received,
  startDestination,
} from '../../../test/support/http-destination.ts';
import { openDoor } from '../../../test/support/http-ingest.ts';
import { temporaryDirectory } from '../../../test/support/memory-control.ts';

function lines(count: number, from = 1): string {
  return Array.from({ length: count }, (_, at) => `{"rule":"R ${from + at}"}\n`).join('');
}

function countOf({ body }: Received): number {
  return body.trim().split('\n').length;
}

/** A hub that takes everything but what `reject` says. */
function taken(request: Received, rejected: readonly object[] = [], duplicate = 0): string {
  const accepted = countOf(request) - rejected.length - duplicate;
  return JSON.stringify({ accepted, duplicate, rejected });
}

suite('alerts are sent', () => {
  test('to a real hub, every one of them, in order', async (t) => {
    const { port, admitted } = await openDoor(t);
    const url = `http://127.0.0.1:${port}`;
    const { exitCode, stdout, stderr } = await run(['send', '--url', url], { stdin: lines(250) });
    assert.equal(stderr, '');
    assert.equal(stdout, '250 accepted, 0 rejected\n');
    assert.equal(exitCode, 0);
    const rules = admitted.flatMap(({ documents }) =>
      documents.map((one) => (one as { rule: string }).rule),
    );
    assert.deepEqual(
      rules,
      Array.from({ length: 250 }, (_, at) => `R ${at + 1}`),
    );
    assert.deepEqual(
      admitted.map(({ documents }) => documents.length),
      [100, 100, 50],
    );
  });

  test('and what a real hub refuses is named by its line', async (t) => {
    const { port } = await openDoor(t);
    const stdin = `{"rule":"a"}\n\n{"output":"no rule"}\n{broken\n{"rule":"b","uuid":"again"}\n`;
    const argv = ['send', '--url', `http://127.0.0.1:${port}`];
    const { exitCode, stdout, stderr } = await run(argv, { stdin });
    assert.equal(exitCode, 1);
    assert.equal(stdout, '1 accepted, 1 known to the hub already, 2 rejected\n');
    assert.match(stderr, /^line 3: rule_missing: .*\nline 4: invalid_json: .*\n$/);
  });

  test('from a file, as an array or one object, with a token, in batches as asked for', async (t) => {
    const hub = await startDestination(t, (response, request) => response.end(taken(request)));
    const directory = temporaryDirectory(t);
    const [file, tokenFile] = [join(directory, 'alerts.json'), join(directory, 'token')];
    writeFileSync(file, `[{"rule":"a","n":12345678901234567890},\n {"rule":"b"}, {"rule":"c"}]`);
    writeFileSync(tokenFile, 'secret-token\n');
    const argv = ['send', file, '--url', hub.origin, '--token-file', tokenFile, '--batch', '2'];
    const { exitCode } = await run(argv);
    assert.equal(exitCode, 0);
    assert.deepEqual(
      hub.requests.map(({ url, body, headers }) => [url, headers.authorization, body]),
      [
        [
          '/api/v1/alerts',
          'Bearer secret-token',
          '{"rule":"a","n":12345678901234567890}\n{"rule":"b"}\n',
        ],
        ['/api/v1/alerts', 'Bearer secret-token', '{"rule":"c"}\n'],
      ],
    );
  });

  test('to the path they are told, where silence is good news', async (t) => {
    const hub = await startDestination(t);
    const argv = ['send', '--url', `${hub.origin}/in/token-in-path`];
    const { exitCode, stdout } = await run(argv, { stdin: lines(3) });
    assert.equal(exitCode, 0);
    assert.equal(stdout, '3 accepted, 0 rejected\n');
    assert.equal(hub.requests[0]?.url, '/in/token-in-path');
  });

  test('in bodies of a mebibyte at most', async (t) => {
    const hub = await startDestination(t, (response, request) => response.end(taken(request)));
    const alert = `{"rule":"${'x'.repeat(300 * 1024)}"}\n`;
    await run(['send', '--url', hub.origin], { stdin: alert.repeat(7) });
    assert.deepEqual(hub.requests.map(countOf), [3, 3, 1]);
  });

  test('or there are none, which is no failure', async (t) => {
    const hub = await startDestination(t);
    const { exitCode, stdout } = await run(['send', '--url', hub.origin]);
    assert.equal(exitCode, 0);
    assert.equal(stdout, '0 accepted, 0 rejected\n');
    assert.equal(hub.requests.length, 0);
  });
});

suite('a hub that is full', () => {
  for (const status of [429, 503]) {
    test(`is asked again after ${status}, and gets the same alerts`, async (t) => {
      let refusals = 2;
      const hub = await startDestination(t, (response, request) => {
        if (refusals-- <= 0) response.end(taken(request));
        else {
          response.writeHead(status, { 'retry-after': '0' });
          response.end('{"code":"queue_full","message":"The queue is full."}');
        }
      });
      const argv = ['send', '--url', hub.origin];
      const { exitCode, stdout, stderr } = await run(argv, { stdin: lines(2) });
      assert.equal(exitCode, 0);
      assert.equal(stdout, '2 accepted, 0 rejected\n');
      assert.match(stderr, /waiting 0s: HTTP (429|503).*queue_full/);
      assert.equal(hub.requests.length, 3);
      assert.equal(new Set(hub.requests.map(({ body }) => body)).size, 1);
    });
  }

  test('is left in the end, with how far it went', async (t) => {
    const hub = await startDestination(t, (response, request) => {
      if (hub.requests.length === 1) response.end(taken(request));
      else {
        response.writeHead(503, { 'retry-after': '0' });
        response.end();
      }
    });
    const argv = ['send', '--url', hub.origin, '--batch', '2'];
    const { exitCode, stdout, stderr } = await run(argv, { stdin: lines(5) });
    assert.equal(exitCode, 1);
    assert.equal(stdout, '2 accepted, 0 rejected\n');
    assert.match(stderr, /stopped at line 3: the hub takes nothing: HTTP 503/);
    assert.equal(hub.requests.length, 1 + 10);
  });

  test('or takes smaller bodies only, gets them in halves', async (t) => {
    const hub = await startDestination(t, (response, request) => {
      if (countOf(request) <= 3) response.end(taken(request));
      else {
        response.writeHead(413);
        response.end();
      }
    });
    const { exitCode, stdout } = await run(['send', '--url', hub.origin], { stdin: lines(10) });
    assert.equal(exitCode, 0);
    assert.equal(stdout, '10 accepted, 0 rejected\n');
    const took = hub.requests.filter((request) => countOf(request) <= 3);
    assert.equal(took.map(({ body }) => body).join(''), lines(10));
  });
});

suite('sending stops', () => {
  for (const [name, status, body, says] of [
    [
      'credentials are wrong',
      401,
      '{"code":"unauthorized","message":"Say who sends"}',
      /HTTP 401.*unauthorized/,
    ],
    ['there is no such path', 404, '', /HTTP 404/],
    ['what answers is no hub', 200, '<html>Log in</html>', /what answers is no hub/],
    ['nothing is said of the alerts', 200, '', /what answers is no hub/],
    ['not everything is answered for', 200, '{"accepted":1,"duplicate":0,"rejected":[]}', /no hub/],
    ['the hub has a fault', 500, '{"code":"internal"}', /HTTP 500/],
  ] as const) {
    test(`where ${name}`, async (t) => {
      const hub = await startDestination(t, (response) => {
        response.statusCode = status;
        response.end(body);
      });
      const argv = ['send', '--url', hub.origin, '--token', 'planted-token'];
      const { exitCode, stdout, stderr } = await run(argv, { stdin: lines(2) });
      assert.equal(exitCode, 1);
      assert.equal(stdout, '0 accepted, 0 rejected\n');
      assert.match(stderr, /stopped at line 1: /);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /planted/);
      assert.equal(hub.requests.length, 1);
    });
  }

  test('where nobody listens', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const { exitCode, stderr } = await run(['send', '--url', url], { stdin: lines(1) });
    assert.equal(exitCode, 1);
    assert.match(stderr, /stopped at line 1: .*(refused|ECONNREFUSED)/);
  });

  test('where the input cannot be read', async () => {
    const none = await run(['send', '/nowhere/alerts.json']);
    assert.equal(none.exitCode, 1);
    assert.match(none.stderr, /cannot read \/nowhere\/alerts\.json: there is no such file/);
    const bad = await run(['send'], { stdin: '[{"rule":"a"}' });
    assert.equal(bad.exitCode, 1);
    assert.match(bad.stderr, /neither an alert a line nor one JSON document/);
  });

  test('and --json tells how far it went', async (t) => {
    const rejection = { index: 1, code: 'rule_missing', message: 'No \u001b[2Jrule.' };
    const hub = await startDestination(t, (response, request) => {
      if (hub.requests.length === 1) response.end(taken(request, [rejection], 1));
      else {
        response.writeHead(403);
        response.end();
      }
    });
    const argv = ['send', '--url', hub.origin, '--batch', '3', '--json'];
    const { exitCode, stdout, stderr } = await run(argv, { stdin: lines(5) });
    assert.equal(exitCode, 1);
    assert.deepEqual(JSON.parse(stdout), {
      ok: false,
      accepted: 1,
      duplicate: 1,
      rejected: 1,
      rejections: [{ place: 'line 2', code: 'rule_missing', message: 'No \u001b[2Jrule.' }],
      stopped: 'stopped at line 4: HTTP 403',
    });
    assert.match(stderr, /line 2: rule_missing: No \\x1b\[2Jrule\./);
  });
});

test('of many rejections the first are shown, and the others counted', async (t) => {
  const hub = await startDestination(t, (response, request) => {
    const rejected = Array.from({ length: countOf(request) }, (_, index) => ({
      index,
      code: 'rule_missing',
      message: 'No rule.',
    }));
    response.statusCode = 422;
    response.end(taken(request, rejected));
  });
  const { exitCode, stderr } = await run(['send', '--url', hub.origin], { stdin: lines(150) });
  assert.equal(exitCode, 1);
  assert.equal(stderr.match(/rule_missing/g)?.length, 20);
  assert.match(stderr, /and 130 more were rejected/);
});
