import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import { eventually } from '../../../test/support/eventually.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import { AudispDoor } from './door.ts';

const log = readFileSync(new URL('../../../test/data/auditd/audit.log', import.meta.url));
const EVENTS = 14;

async function openDoor(t: TestContext) {
  const admission = memoryAdmission();
  let isFull = false;
  const ignore = (): void => undefined;
  const settings = { address: '127.0.0.1:0', connectionsMax: 10, connectionsPerSenderMax: 2 };
  const door = await AudispDoor.open(settings, {
    admission: admission.admitter,
    isFull: () => Promise.resolve(isFull),
    auditd: () => ({ priorities: {} }),
    metrics: admission.metrics,
    log: { info: ignore, warn: ignore, error: ignore },
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= door.close());
  t.after(close);
  return {
    stored: admission.stored,
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
