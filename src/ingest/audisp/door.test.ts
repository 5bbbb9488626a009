import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import { tlsSenders } from '../../../test/support/tls-senders.ts';
import { AuditRoom } from '../auditd/room.ts';
import type { ServerTls } from '../http/settings.ts';
import { AudispDoor } from './door.ts';

const log = readFileSync(new URL('../../../test/data/auditd/audit.log', import.meta.url));
const EVENTS = 14;

interface Options {
  /** So many are stored before the queue is full. */
  readonly fullAt?: number;
  readonly auditRoom?: AuditRoom;
  readonly tls?: ServerTls;
}

async function openDoor(
  t: TestContext,
  { fullAt = Number.POSITIVE_INFINITY, auditRoom = new AuditRoom(), ...changed }: Options = {},
) {
  const admission = memoryAdmission();
  let isFull = false;
  const ignore = (): void => undefined;
  const settings = {
    address: '127.0.0.1:0',
    connectionsMax: 10,
    connectionsPerSenderMax: 2,
    ...changed,
  };
  const door = await AudispDoor.open(settings, {
    admission: admission.admitter,
    isFull: () => Promise.resolve(isFull || admission.stored.length >= fullAt),
    auditd: () => ({ priorities: {} }),
    auditRoom,
    metrics: admission.metrics,
    log: { info: ignore, warn: ignore, error: ignore },
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= door.close());
  t.after(close);
  return {
    stored: admission.stored,
    port: door.address.port,
    close,
    setFull: (value: boolean) => void (isFull = value),
    metric: (name: string) => admission.metrics.registry.getSingleMetricAsString(name),
    async dial(): Promise<Socket> {
      const socket = connect(door.address.port, '127.0.0.1').on('error', ignore);
      t.after(() => socket.destroy());
      await once(socket, 'connect');
      return socket;
    },
  };
}

suite('records over TCP', () => {
  test('become the events they are of, in pieces of any size', async (t) => {
    const { stored, dial } = await openDoor(t);
    const socket = await dial();
    for (let at = 0; at < log.length; at += 100) socket.write(log.subarray(at, at + 100));
    await eventually('all are stored', () => stored.length === EVENTS);
    const [first] = stored;
    assert.equal(first?.rule, 'auditd:sshd_config');
    assert.equal(first.hostname, '127.0.0.1');
    assert.match(first.ingest, /"input":"auditd","agent":"auditd","peer":"127.0.0.1"/);
  });

  test('are taken to their end when the sender or the hub goes', async (t) => {
    const { stored, dial, close } = await openDoor(t);
    const [one, other] = [await dial(), await dial()];
    const line = (serial: number) => `type=SYSCALL msg=audit(1786406401.512:${serial}): syscall=59`;
    one.end(line(1));
    await eventually('it is stored', () => stored.length === 1);
    other.write(`audispd: ${line(2)}\n`);
    await eventually('it is read', () => other.bytesWritten > 0 && other.writableLength === 0);
    await eventually('it is stored', () => stored.length === 2);
    await close();
  });

  test('wait for room in the queue', async (t) => {
    const { stored, dial, setFull } = await openDoor(t);
    setFull(true);
    const socket = await dial();
    socket.write(log);
    const many = log.toString().repeat(2000);
    socket.write(many);
    await eventually('the sender waits', () => socket.writableLength > 0);
    assert.equal(stored.length, 0);
    setFull(false);
    await eventually('they are stored', () => stored.length >= EVENTS - 1);
  });

  test('that find no room before the hub stops are counted', async (t) => {
    const { stored, dial, setFull, close, metric } = await openDoor(t);
    setFull(true);
    const socket = await dial();
    socket.write(log);
    await eventually('they are read', () => socket.bytesWritten === log.length);
    await close();
    assert.equal(stored.length, 0);
    const rejected = await metric('tocsin_alerts_rejected_total');
    const [, count] = /input="auditd",code="shutting_down"\} (\d+)/.exec(rejected) ?? [];
    assert.ok(Number(count) >= EVENTS - 1, rejected);
  });

  test('of which a part was stored before the hub stops are counted without that part', async (t) => {
    const { stored, dial, close, metric } = await openDoor(t, { fullAt: 1 });
    const socket = await dial();
    const lines = Array.from(
      { length: 1400 },
      (_, serial) => `type=USER_CMD msg=audit(1786406401.512:${serial}):\n`,
    );
    socket.write(lines.join(''));
    await eventually('a part is stored', () => stored.length > 0);
    await close();
    const rejected = await metric('tocsin_alerts_rejected_total');
    const [, count] = /input="auditd",code="shutting_down"\} (\d+)/.exec(rejected) ?? [];
    assert.ok(stored.length >= 1000, `${stored.length} are stored`);
    assert.equal(Number(count) + stored.length, lines.length);
  });

  test('of events that are not whole go on as they are where all connections hold too much', async (t) => {
    const auditRoom = new AuditRoom(20_000);
    const { stored, dial } = await openDoor(t, { auditRoom });
    const [one, other] = [await dial(), await dial()];
    const line = (serial: number) => `type=SYSCALL msg=audit(1786406401.512:${serial}): syscall=59`;
    one.write(`${line(1)}\n`);
    await eventually('it waits', () => auditRoom.takenBytes() > 0);
    const lines = Array.from({ length: 100 }, (_, at) => `${line(at + 2)}\n`);
    other.write(lines.join(''));
    await eventually('the oldest is stored', () =>
      stored.some(({ json }) => json.includes('"auditd.serial":"1"')),
    );
    assert.ok(auditRoom.takenBytes() <= 40_000);
    await eventually('nothing waits in the end', () => stored.length === 101);
    assert.equal(auditRoom.takenBytes(), 0);
  });

  test('of events that are not whole stay counted while others wait for the queue', async (t) => {
    const auditRoom = new AuditRoom();
    const { stored, dial, setFull } = await openDoor(t, { auditRoom });
    const line = (serial: number) => `type=SYSCALL msg=audit(1786406401.512:${serial}): a0=1\n`;
    setFull(true);
    const socket = await dial();
    socket.write(line(1));
    await eventually('it is read', () => auditRoom.takenBytes() > 0);
    await eventually('it waits for the queue', () => auditRoom.takenBytes() === 0);
    // Nothing is read while the first one waits, so this is in the connection until there is room.
    socket.write(line(2));
    const untilMs = performance.now() + 3000;
    await eventually('more than an event waits for is over', () => {
      assert.equal(auditRoom.takenBytes(), 0);
      return performance.now() > untilMs;
    });
    setFull(false);
    await eventually('both are stored', () => stored.length === 2);
  });

  test('come by TLS, and the client certificate says who sends', async (t) => {
    const { tls, send } = tlsSenders(t, ['node-*']);
    const { stored, port, metric } = await openDoor(t, { tls });
    const refused = (code: string) => async () =>
      (await metric('tocsin_alerts_rejected_total')).includes(`input="auditd",code="${code}"`);
    send(undefined, port, log.toString());
    await eventually('it is refused', refused('tls_handshake'));
    send('other', port, log.toString());
    await eventually('it is refused', refused('certificate_name_not_allowed'));
    assert.equal(stored.length, 0);
    send('node-7', port, log.toString());
    await eventually('all are stored', () => stored.length === EVENTS);
    assert.match(stored[0]!.ingest, /"identity":"cert:node-7"/);
    assert.match(await metric('tocsin_ingest_authenticated'), /input="auditd"\} 1/);
  });

  test('that are none are counted, and too many connections are ended', async (t) => {
    const { dial, metric } = await openDoor(t);
    const socket = await dial();
    socket.write(`GET / HTTP/1.1\n${'x'.repeat(100_000)}\n`);
    await eventually('they are counted', async () =>
      /name="inputs.auditd",result="rejected"\} 1/.test(await metric('tocsin_lines_total')),
    );
    assert.match(await metric('tocsin_lines_total'), /result="no_alert"\} 1/);
    await dial();
    const third = await dial();
    if (!third.closed) await once(third, 'close');
  });
});
