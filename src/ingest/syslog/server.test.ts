import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import { AGENTS } from '../../../test/support/agent-settings.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import { tlsSenders } from '../../../test/support/tls-senders.ts';
import { QueueError } from '../../queue/queue.ts';
import type { Admission, ItemResult, Sender } from '../admission.ts';
import type { SyslogIngestDeps, SyslogSettings } from './door.ts';
import { createSyslogIngest } from './server.ts';

const SETTINGS: SyslogSettings = {
  udp: { address: '127.0.0.1:0' },
  tcp: { address: '127.0.0.1:0' },
  messageBytesMax: 1024,
  connectionsMax: 10,
  connectionsPerSenderMax: 5,
  idleTimeout: 60_000,
  minimumPriority: 'debug',
  utcOffset: '+00:00',
};

async function openDoor(
  t: TestContext,
  settings: Partial<SyslogSettings> = {},
  overrides: Partial<SyslogIngestDeps> = {},
) {
  const memory = memoryAdmission();
  const rejected: { code: string; alerts: number; sender: Sender }[] = [];
  const log = () => {};
  const ingest = createSyslogIngest({
    settings: { ...SETTINGS, ...settings },
    admission: memory.admitter,
    agents: () => AGENTS,
    onRejected: (one) => void rejected.push(one),
    log: { info: log, warn: log, error: log },
    ...overrides,
  });
  await ingest.listen();
  t.after(() => ingest.close(0));
  return {
    ingest,
    memory,
    rejected,
    port: (transport: string) => (ingest.addresses()[transport] as AddressInfo).port,
    alerts: () => memory.stored.map(({ json }) => JSON.parse(json)),
    stored: (count: number) =>
      eventually(`${count} alerts are stored`, () => memory.stored.length === count),
    refused: (code: string) =>
      eventually(`${code} is counted`, () => rejected.some((one) => one.code === code)),
  };
}

async function open(t: TestContext, port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const line = (n: number | string): string => `<11>1 - host app - - - message ${n}`;

suite('the syslog door', () => {
  test('UDP: each datagram is a message', async (t) => {
    const { port, stored, alerts, refused } = await openDoor(t);
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    for (let n = 0; n < 20; n += 1) socket.send(`${line(n)}\n`, port('udp'), '127.0.0.1');
    await stored(20);
    const outputs = alerts().map(({ output }) => output);
    const sent = Array.from({ length: 20 }, (_, n) => `message ${n}`);
    assert.deepEqual(new Set(outputs), new Set(sent));
    assert.deepEqual([alerts()[0].rule, alerts()[0].priority], ['syslog:app', 'Error']);
    socket.send('x'.repeat(2000), port('udp'), '127.0.0.1');
    await refused('body_too_large');
  });

  test('UDP: what the hub refuses is shed, and counted by its number', async (t) => {
    const { port, memory, rejected, refused } = await openDoor(t);
    memory.failWith(new QueueError('queue_full', 'The queue is full.', 1000));
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    socket.send(line(1), port('udp'), '127.0.0.1');
    await refused('queue_full');
    const [{ alerts, sender } = { alerts: 0, sender: undefined }] = rejected;
    assert.deepEqual(
      [alerts, sender],
      [1, { input: 'syslog', peer: '127.0.0.1', isClaimed: true }],
    );
  });

  test('UDP: while the hub is busy, so many wait and no more', async (t) => {
    const gate = Promise.withResolvers<void>();
    const admission = {
      admit: async (documents: readonly unknown[]) => {
        await gate.promise;
        const items = documents.map(() => ({ outcome: 'accepted', uuid: '' }) as const);
        return { outcome: 'stored', items } as const;
      },
    };
    const { port, refused } = await openDoor(t, {}, { admission });
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    const flood = setInterval(() => {
      for (let n = 0; n < 500; n += 1) socket.send(line(n), port('udp'), '127.0.0.1');
    }, 5);
    t.after(() => clearInterval(flood));
    await refused('udp_overflow');
    clearInterval(flood);
    gate.resolve();
  });

  test('TCP: counted, in lines, and what a connection leaves at its end', async (t) => {
    const { port, stored, alerts } = await openDoor(t);
    const socket = await open(t, port('tcp'));
    const counted = line('counted');
    socket.write(`${counted.length} ${counted}${line(1)}\n${line(2).slice(0, 9)}`);
    await stored(2);
    socket.end(line(2).slice(9));
    await stored(3);
    const outputs = alerts().map(({ output }) => output);
    assert.deepEqual(outputs, ['message counted', 'message 1', 'message 2']);
  });

  test('TCP: a message that is too long costs no other', async (t) => {
    const { port, stored, refused } = await openDoor(t);
    const socket = await open(t, port('tcp'));
    socket.write(`${'x'.repeat(5000)}\n${line(1)}\n`);
    await stored(1);
    await refused('body_too_large');
  });

  test('TCP: while the hub is full the sender is held back, and nothing is lost', async (t) => {
    const { port, memory, stored, rejected } = await openDoor(t);
    memory.failWith(new QueueError('queue_full', 'The queue is full.', 1));
    const socket = await open(t, port('tcp'));
    const many = Array.from({ length: 1000 }, (_, n) => `${line(n)}\n`).join('');
    socket.end(many);
    await once(socket, 'close').catch(() => undefined);
    memory.failWith(undefined);
    await stored(1000);
    assert.deepEqual(rejected, []);
  });

  test('TCP: a hub that stays full gives up in the end, and counts', async (t) => {
    const { port, memory, rejected, refused } = await openDoor(t, {}, { refusedMsMax: 60 });
    memory.failWith(new QueueError('queue_full', 'The queue is full.', 1));
    const socket = await open(t, port('tcp'));
    socket.write(`${line(1)}\n${line(2)}\n`);
    await refused('queue_full');
    assert.equal(rejected[0]?.alerts, 2);
  });

  test('TCP: a queue that fails hands alerts to the outputs once', async (t) => {
    const { port, memory, refused } = await openDoor(t);
    memory.failWith(new QueueError('queue_unavailable', 'The disk is gone.', 1));
    const socket = await open(t, port('tcp'));
    socket.write(`${line(1)}\n`);
    await refused('queue_unavailable');
    assert.equal(memory.unkept.length, 1);
  });

  test('TCP: connections of one address are bounded, and silent ones end', async (t) => {
    const { port, refused } = await openDoor(t, { idleTimeout: 50 });
    const sockets: Socket[] = [];
    for (let n = 0; n < 6; n += 1) sockets.push(await open(t, port('tcp')));
    await refused('connections_per_sender');
    for (const socket of sockets) socket.resume();
    await eventually('all are closed', () => sockets.every(({ closed }) => closed));
  });

  test('TLS: the client certificate says who sends, and others are not let in', async (t) => {
    const { tls, send } = tlsSenders(t, ['good']);
    const { port, stored, memory, refused } = await openDoor(t, {
      tls: { ...tls, address: '127.0.0.1:0' },
    });
    send(undefined, port('tls'), `${line('none')}\n`);
    await refused('tls_handshake');
    send('bad', port('tls'), `${line('bad')}\n`);
    await refused('certificate_name_not_allowed');
    send('good', port('tls'), `${line('good')}\n`);
    await stored(1);
    assert.match(memory.stored[0]!.ingest, /"identity":"cert:good"/);
  });

  test('an event of an agent that is no alert is counted as that', async (t) => {
    const quiet: unknown[] = [];
    const { port } = await openDoor(t, {}, { onQuiet: (one) => void quiet.push(one) });
    const socket = await open(t, port('tcp'));
    socket.end('<11>1 - host app - - - {"process_exec":{"process":{}},"node_name":"node-7"}\n');
    await eventually('it is counted', () => quiet.length === 1);
    const sender = { input: 'syslog', peer: '127.0.0.1' };
    assert.deepEqual(quiet, [{ agent: 'tetragon', hostname: 'node-7', count: 1, sender }]);
  });

  test('TCP: what is more than a share waits, and nothing of it is taken twice', async (t) => {
    const offered: number[] = [];
    const admission: Admission = {
      admit(documents) {
        offered.push(documents.length);
        const items = documents.map((_, at): ItemResult => {
          if (offered.length > 1 || at === 0) return { outcome: 'accepted', uuid: '' };
          return { outcome: 'rejected', code: 'sender_share', message: '' };
        });
        return Promise.resolve({ outcome: 'stored', items });
      },
    };
    const { port, rejected } = await openDoor(t, {}, { admission, refusedMsMax: 200 });
    const socket = await open(t, port('tcp'));
    socket.write(`${line(1)}\n${line(2)}\n${line(3)}\n`);
    await eventually('they are offered again', () => offered.length === 2);
    assert.deepEqual([offered, rejected], [[3, 2], []]);
  });

  test('TCP: who was held back for long is still ended when it says nothing', async (t) => {
    const gate = Promise.withResolvers<void>();
    const admission: Admission = {
      async admit() {
        await gate.promise;
        return { outcome: 'stored', items: [{ outcome: 'accepted', uuid: '' }] };
      },
    };
    const { port } = await openDoor(t, { idleTimeout: 100 }, { admission });
    const socket = await open(t, port('tcp'));
    socket.write(`${line(1)}\n`);
    let isClosed = false;
    socket.once('close', () => (isClosed = true)).resume();
    setTimeout(gate.resolve, 400);
    await eventually('it is ended', () => isClosed);
  });

  test('UDP: many senders, as one who forges addresses makes them, are stored together', async (t) => {
    let underWay = 0;
    let most = 0;
    let taken = 0;
    const admission: Admission = {
      async admit(documents) {
        most = Math.max(most, (underWay += 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
        underWay -= 1;
        taken += documents.length;
        return {
          outcome: 'stored',
          items: documents.map(() => ({ outcome: 'accepted', uuid: '' })),
        };
      },
    };
    const { port } = await openDoor(t, {}, { admission });
    for (let n = 1; n <= 60; n += 1) {
      const socket = createSocket('udp4').bind(0, `127.0.0.${n}`);
      t.after(() => socket.close());
      socket.send(line(n), port('udp'), '127.0.0.1');
    }
    await eventually('all are stored', () => taken === 60);
    assert.ok(most > 8 && most <= 32, `${most} at once`);
  });

  test('a setting that changed waits for the next start', async (t) => {
    const { ingest } = await openDoor(t);
    assert.deepEqual(ingest.reload(SETTINGS), []);
    assert.deepEqual(ingest.reload({ ...SETTINGS, idleTimeout: 1000 }), ['ingest.syslog']);
  });

  test('an address that is taken is told, and nothing stays open', async (t) => {
    const { port } = await openDoor(t);
    const ingest = createSyslogIngest({
      settings: { ...SETTINGS, tcp: { address: `127.0.0.1:${port('tcp')}` } },
      admission: memoryAdmission().admitter,
      agents: () => AGENTS,
      onRejected: () => {},
      log: { info: () => {}, warn: () => {}, error: () => {} },
    });
    await assert.rejects(ingest.listen(), /another process has this port/);
  });
});
