import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Priority } from '../alert.ts';
import type { FromChild, ToChild } from '../../test/support/lane-process.ts';
import { atEnd, openQueue, temporaryDirectory } from '../../test/support/queue-directory.ts';
import { until } from '../../test/support/until.ts';

/** `kill -9`, with real threads, a real file and a real process. */

const CHILD = fileURLToPath(import.meta.resolve('../../test/support/lane-process.ts'));
const CONCURRENCY = 16;

/** What survives a process: which alerts were acknowledged, and which arrived, when. */
class World {
  readonly stored = new Set<string>();
  readonly arrived = new Map<string, number>();
  resent = 0;
  flying = 0;
  #next = 0;

  uuids(count: number): string[] {
    return Array.from({ length: count }, () => {
      this.#next += 1;
      return `00000000-0000-7000-b000-${String(this.#next).padStart(12, '0')}`;
    });
  }

  arrive(uuid: string): void {
    if (this.arrived.has(uuid)) this.resent += 1;
    else this.arrived.set(uuid, performance.now());
  }
}

async function start(
  t: TestContext,
  directory: string,
  world: World,
  hangs: (uuid: string) => boolean,
): Promise<{ child: ChildProcess; store(count: number, priority: Priority): string[] }> {
  const child = fork(CHILD, [directory, String(CONCURRENCY)]);
  atEnd(t, () => child.kill('SIGKILL'));
  const say = (message: ToChild): boolean => child.connected && child.send(message);
  world.flying = 0;
  const ready = Promise.withResolvers<void>();
  child.on('message', (message: FromChild) => {
    if ('ready' in message) ready.resolve();
    else if ('stored' in message) for (const uuid of message.stored) world.stored.add(uuid);
    else {
      world.flying += 1;
      if (message.uuids.some(hangs)) return;
      for (const uuid of message.uuids) world.arrive(uuid);
      world.flying -= 1;
      say({ attempt: message.attempt, result: { outcome: 'delivered' } });
    }
  });
  await ready.promise;
  return {
    child,
    store(count, priority) {
      const uuids = world.uuids(count);
      say({ store: uuids, priority });
      return uuids;
    },
  };
}

test('kill -9 with a hung head: nothing is lost, an Emergency arrives, little is repeated', async (t) => {
  const directory = temporaryDirectory(t);
  const world = new World();
  let hung: ReadonlySet<string> = new Set();
  let hangs = (uuid: string): boolean => hung.has(uuid);
  let kills = 0;
  for (; kills < 3; kills += 1) {
    const { child, store } = await start(t, directory, world, (uuid) => hangs(uuid));
    const head = store(15, 'warning');
    hung = new Set([...hung, ...head]);
    await until(() => world.flying === 15);
    const [emergency] = store(1, 'emergency') as [string];
    const askedMs = performance.now();
    await until(() => world.arrived.has(emergency));
    assert.ok((world.arrived.get(emergency) ?? 0) - askedMs < 10_000);
    store(100, 'critical');
    store(100, 'debug');
    // Killed in the middle of it.
    await until(() => world.stored.size > kills * 216 + 16 + 100);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  hangs = () => false;
  const { child } = await start(t, directory, world, hangs);
  await until(() => [...world.stored].every((uuid) => world.arrived.has(uuid)));
  assert.ok(world.resent <= kills * 2 * CONCURRENCY, `${world.resent} sent again`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const queue = await openQueue(t, { directory });
  const [ledger] = await queue.ledger();
  assert.equal(ledger?.mismatch, 0);
  assert.ok((ledger?.routed ?? 0) >= world.stored.size, 'more may be on disk than was answered');
});
