import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { closedPort, startDestination } from '../support/http-destination.ts';
import { startHub } from '../support/hub-process.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';

/** Counters as a receiver of StatsD adds them up. */

interface Receiver {
  readonly address: string;
  readonly sums: Map<string, number>;
}

async function startReceiver(t: TestContext, port = 0): Promise<Receiver> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  const sums = new Map<string, number>();
  socket.on('message', (packet) => {
    for (const line of packet.toString().split('\n')) {
      const [, name = '', count, tags = ''] =
        /^([\w.-]+):(\d+)\|c(\|#.*)?$/.exec(line) ?? assert.fail(line);
      sums.set(name + tags, (sums.get(name + tags) ?? 0) + Number(count));
    }
  });
  return { address: `localhost:${socket.address().port}`, sums };
}

test('statsd and dogstatsd are told what Falcosidekick told them', async (t) => {
  const destination = await startDestination(t);
  const [plain, tagged] = [await startReceiver(t), await startReceiver(t)];
  const hub = await startHub(t, {
    outputs: {
      siem: { type: 'webhook', url: destination.origin },
      gone: { type: 'webhook', url: `http://127.0.0.1:${await closedPort()}` },
    },
    metrics: {
      statsd: { address: plain.address, interval: '100ms' },
      dogstatsd: { address: tagged.address, interval: '100ms', prefix: 'soc.', tags: ['env:test'] },
    },
  });
  const post = (body: string) => fetch(hub.origin(), { method: 'POST', body });
  for (const { json } of numberedAlerts(0, 20)) assert.equal((await post(json)).status, 200);
  assert.notEqual((await post('')).status, 200);
  assert.notEqual((await post('{')).status, 200);
  await eventually(
    'all is counted',
    () =>
      plain.sums.get('falcosidekick.outputs.siem.ok') === 20 &&
      plain.sums.has('falcosidekick.outputs.gone.error'),
  );
  await hub.stop();
  const of = (name: string) => plain.sums.get(`falcosidekick.${name}`);
  assert.equal(of('total'), 22);
  assert.equal(of('inputs.requests.accepted'), 20);
  assert.equal(of('inputs.requests.rejected.nobody'), 1);
  assert.equal(of('inputs.requests.rejected.invalidjson'), 1);
  const accepted = [...plain.sums].filter(([name]) => name.includes('falco.accepted.'));
  assert.equal(
    accepted.reduce((sum, [, count]) => sum + count, 0),
    20,
  );
  assert.equal(tagged.sums.get('soc.outputs|#output:siem,status:ok,env:test'), 20);
  assert.equal(tagged.sums.get('soc.total|#env:test'), 22);
});

test('a receiver that is refused is told once, and costs nothing else', async (t) => {
  const destination = await startDestination(t);
  const hub = await startHub(t, {
    outputs: { siem: { type: 'webhook', url: destination.origin } },
    metrics: { statsd: { address: '169.254.169.254:8125', interval: '100ms' } },
  });
  const [alert] = numberedAlerts(0, 1);
  await fetch(hub.origin(), { method: 'POST', body: alert?.json ?? '' });
  const told = () => hub.log().filter(({ msg }) => msg.startsWith('Counters cannot be sent'));
  await eventually('it is told', () => told().length > 0);
  await eventually('the alert arrives', () => destination.requests.length === 1);
  assert.equal(await hub.stop(), 0);
  assert.equal(told().length, 1);
  assert.match(String(told()[0]?.['detail']), /169\.254\.169\.254/);
});
