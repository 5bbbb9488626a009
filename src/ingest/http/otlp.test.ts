import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openDoor, post } from '../../../test/support/http-ingest.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import { bytesField, fixed64Field, numberField } from '../../proto/wire.ts';
import { QueueError } from '../../queue/queue.ts';

const DATA = new URL('../../../test/data/otlp/', import.meta.url);
const CORPUS = readFileSync(new URL('logs.json', DATA), 'utf8');
const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };

async function take(t: TestContext) {
  const memory = memoryAdmission();
  const door = await openDoor(t, {}, { admission: memory.admitter });
  return {
    door,
    memory,
    send: (body: string | Buffer<ArrayBuffer>, headers: object = JSON_TYPE) =>
      post(door.port, body, headers, '/v1/logs'),
    alerts: () => memory.stored.map(({ json }) => JSON.parse(json)),
  };
}

/** A request with one record. */
function logsOf(record: object, resource: object = {}): string {
  const scopeLogs = [{ scope: { name: 'app' }, logRecords: [record] }];
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs }] });
}

/** The same kind of request in Protocol Buffers' form. */
function wireLogs(...record: readonly Buffer[]): Buffer<ArrayBuffer> {
  const logRecord = bytesField(2, Buffer.concat(record));
  return Buffer.from(bytesField(1, bytesField(2, logRecord)));
}

const TEXT_BODY = bytesField(5, bytesField(1, Buffer.from('disk gone')));
const ERROR = numberField(2, 17n);
const NOW = fixed64Field(1, 1_786_406_401_512_000_007n);

suite('OTLP logs over HTTP', () => {
  for (const path of ['/v1/logs', '/']) {
    test(`the corpus on ${path}, and nothing of it again`, async (t) => {
      const { door, alerts } = await take(t);
      for (const _ of [1, 2]) {
        const answer = await post(door.port, CORPUS, JSON_TYPE, path);
        assert.deepEqual([answer.status, answer.body], [200, path === '/' ? '' : '{}']);
      }
      const [first, second, third, fourth, ...others] = alerts();
      assert.deepEqual(others, []);
      assert.equal(first.rule, 'Directory traversal monitored file read');
      assert.deepEqual([first.priority, first.source], ['Warning', 'syscall']);
      assert.deepEqual(
        [first.time, first.hostname],
        ['2026-08-11T00:00:01.512000000Z', 'worker-02'],
      );
      assert.ok(first.tags.includes('T1555'));
      assert.deepEqual(
        [first.output_fields['proc.tty'], first.output_fields['evt.failed']],
        [34816, false],
      );
      assert.equal(first.output_fields['k8s.ns.name'], 'shop');
      assert.equal(first.output_fields['resource.k8s.cluster.name'], 'prod-sgn');
      assert.equal(second.output_fields['proc.aname[2]'], 'bash');
      assert.equal(second.hostname, 'control-plane');
      assert.deepEqual([third.rule, third.priority], ['From kvlist body', 'Critical']);
      assert.equal(third.output, 'Thử nghiệm');
      assert.deepEqual([fourth.rule, fourth.priority, fourth.source], ['falco', 'Error', 'otlp']);
      assert.equal(fourth.time, '2026-08-11T00:00:02.000000000Z');
      assert.equal(fourth.output_fields['exception.type'], 'java.lang.IllegalStateException');
    });
  }

  test('a body of protobuf, also compressed, is answered in protobuf', async (t) => {
    const { send, alerts } = await take(t);
    const body = wireLogs(NOW, ERROR, TEXT_BODY);
    const plain = await send(body, PROTOBUF);
    assert.deepEqual([plain.status, plain.body], [200, '']);
    assert.equal(plain.headers.get('content-type'), 'application/x-protobuf');
    const zipped = await send(gzipSync(body), { ...PROTOBUF, 'content-encoding': 'gzip' });
    assert.equal(zipped.status, 200);
    // The second is the first, sent again.
    const [alert, ...others] = alerts();
    assert.deepEqual(others, []);
    assert.deepEqual([alert.output, alert.priority], ['disk gone', 'Error']);
    assert.equal(alert.time, '2026-08-11T00:00:01.512000007Z');
  });

  test('an empty request is a success', async (t) => {
    const { send } = await take(t);
    const snake = readFileSync(new URL('snake-case.json', DATA), 'utf8');
    for (const body of ['{}', '{"resourceLogs":null}', '{"resourceLogs":[]}', snake]) {
      const { status, body: answer } = await send(body);
      assert.deepEqual([status, answer], [200, '{}']);
    }
    assert.equal((await send(Buffer.alloc(0), PROTOBUF)).status, 200);
  });

  test('an event of an agent that is no alert is counted as that', async (t) => {
    const { send, alerts, door } = await take(t);
    const stringValue = '{"process_exec":{"process":{}},"node_name":"node-7"}';
    assert.equal((await send(logsOf({ body: { stringValue } }))).body, '{}');
    assert.equal(alerts().length, 0);
    const told = door.quiet.map(({ agent, hostname, count }) => [agent, hostname, count]);
    assert.deepEqual(told, [['tetragon', 'node-7', 1]]);
  });

  test('a record below the minimum is no alert, and no mistake', async (t) => {
    const { send, alerts, door } = await take(t);
    const quiet = { timeUnixNano: '1786406401512000000', severityNumber: 9, body: {} };
    assert.deepEqual((await send(logsOf(quiet))).body, '{}');
    assert.deepEqual((await send(logsOf({ body: { stringValue: 'x' } }))).body, '{}');
    assert.equal(alerts().length, 0);
    assert.deepEqual(
      door.rejected.map(({ code }) => code),
      ['below_minimum', 'below_minimum'],
    );
    const rule = { key: 'rule.name', value: { stringValue: 'Named' } };
    await send(logsOf({ ...quiet, attributes: [rule] }));
    assert.deepEqual([alerts()[0].rule, alerts()[0].priority], ['Named', 'Informational']);
  });

  test('what can be no alert is a partial success, in either encoding', async (t) => {
    const { send, door } = await take(t);
    const bad = { stringValue: '{"rule":"R","priority":"?"}' };
    const told = JSON.parse((await send(logsOf({ body: bad }))).body);
    assert.equal(told.partialSuccess.rejectedLogRecords, '1');
    assert.match(told.partialSuccess.errorMessage, /^priority_unknown: /);
    const body = bytesField(5, bytesField(1, Buffer.from(bad.stringValue)));
    const wire = Buffer.from((await send(wireLogs(body), PROTOBUF)).body);
    assert.deepEqual([wire[0], wire.subarray(2, 4)], [0x0a, Buffer.from([0x08, 1])]);
    assert.equal(door.rejected.length, 2);
  });

  test('two records that say the same in one body are two alerts, and none again', async (t) => {
    const { send, alerts } = await take(t);
    const record = { timeUnixNano: '1786406401512000000', severityNumber: 17 };
    const timeless = { severityNumber: 17 };
    const scopeLogs = [{ logRecords: [record, record, timeless, timeless] }];
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs }] });
    await send(body);
    assert.equal(alerts().length, 4);
    await send(body);
    // Without a time nobody can tell a resend from another alert.
    assert.equal(alerts().length, 6);
  });

  test('every kind of value becomes a field', async (t) => {
    const { send, alerts, memory } = await take(t);
    const values = {
      text: { stringValue: 'a' },
      big: { intValue: '9223372036854775807' },
      small: { intValue: -7 },
      double: { doubleValue: 0.5 },
      infinite: { doubleValue: 'Infinity' },
      yes: { boolValue: true },
      bytes: { bytesValue: 'AAE=' },
      list: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } },
      map: { kvlistValue: { values: [{ key: 'k', value: { intValue: '1' } }] } },
      none: {},
      odd: 5,
    };
    const attributes = Object.entries(values).map(([key, value]) => ({ key, value }));
    await send(
      logsOf({ severityNumber: 17, attributes: [...attributes, 7, { key: '__proto__' }] }),
    );
    const [alert] = alerts();
    // JSON.parse rounds it, here in the test; the hub does not.
    assert.match(memory.stored[0]!.json, /"big":9223372036854775807,/);
    assert.deepEqual(alert.output_fields, {
      big: 2 ** 63,
      bytes: 'AAE=',
      double: 0.5,
      infinite: 'Infinity',
      list: ['a', 'b'],
      map: '{"k":1}',
      'otel.scope': 'app',
      small: -7,
      text: 'a',
      yes: true,
    });
  });

  const refused: readonly (readonly [what: string, body: Buffer, type: object, status: number])[] =
    [
      ['no JSON', Buffer.from('{"a"'), JSON_TYPE, 400],
      ['no object', Buffer.from('[]'), JSON_TYPE, 400],
      ['no list', Buffer.from('{"resourceLogs":{}}'), JSON_TYPE, 400],
      ['nesting without end', Buffer.from('['.repeat(5000)), JSON_TYPE, 400],
      ['no protobuf', Buffer.from('hello, world'), PROTOBUF, 400],
      ['half a message', wireLogs(TEXT_BODY).subarray(0, -1), PROTOBUF, 400],
      ['text', Buffer.from('x'), { 'content-type': 'text/plain' }, 415],
      ['no gzip', Buffer.from('x'), { ...PROTOBUF, 'content-encoding': 'gzip' }, 400],
      ['too much', Buffer.alloc(9 << 20), PROTOBUF, 413],
    ];
  for (const [what, body, type, status] of refused) {
    test(`${what}: ${status} with a status in the encoding of the request`, async (t) => {
      const { send, alerts } = await take(t);
      const answer = await send(Buffer.from(body), type);
      assert.equal(answer.status, status);
      assert.equal(alerts().length, 0);
      if (type === JSON_TYPE) assert.equal(JSON.parse(answer.body).code, 3);
      else if (status === 400) assert.equal(answer.body.charCodeAt(0), 0x08);
    });
  }

  test('more records than a body may hold are 413', async (t) => {
    const { send } = await take(t);
    const logRecords = Array.from({ length: 101 }, () => ({ severityNumber: 17 }));
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    assert.equal((await send(body)).status, 413);
  });

  test('a queue that fails is 503, and nothing goes on from memory', async (t) => {
    const { send, memory } = await take(t);
    memory.failWith(new QueueError('queue_unavailable', 'The disk is gone.', 2000));
    const answer = await send(CORPUS);
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
    assert.deepEqual(JSON.parse(answer.body).code, 14);
    assert.equal(memory.unkept.length, 0);
    memory.failWith(undefined);
    assert.equal((await send(CORPUS)).status, 200);
    assert.equal(memory.stored.length, 4);
  });

  test('a fault of the hub is 503: after any other the record would be thrown away', async (t) => {
    const admission = { admit: () => Promise.reject(new Error('SQLITE_IOERR /var/lib/tocsin')) };
    const door = await openDoor(t, {}, { admission });
    const answer = await post(door.port, CORPUS, JSON_TYPE, '/v1/logs');
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '5']);
    assert.equal(JSON.parse(answer.body).code, 14);
    assert.doesNotMatch(answer.body, /SQLITE|var/);
    const wire = await post(door.port, wireLogs(NOW, ERROR, TEXT_BODY), PROTOBUF, '/v1/logs');
    assert.deepEqual(
      [wire.status, wire.headers.get('content-type')],
      [503, PROTOBUF['content-type']],
    );
  });

  test('a sender without its token is told so in its encoding', async (t) => {
    const tokens = [{ name: 'collector', token: 'long-secret' }];
    const door = await openDoor(t, { auth: { tokens, basic: [], paths: [] } });
    const answer = await post(door.port, CORPUS, JSON_TYPE, '/v1/logs');
    assert.deepEqual([answer.status, JSON.parse(answer.body).code], [401, 16]);
    const authorization = 'Bearer long-secret';
    const known = await post(door.port, CORPUS, { ...JSON_TYPE, authorization }, '/v1/logs');
    assert.equal(known.status, 200);
    assert.equal(door.admitted[0]?.sender.identity, 'token:collector');
  });
});
