import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test, type TestContext } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { startChecking } from '../support/checking-server.ts';
import { eventually } from '../support/eventually.ts';
import { numberedAlerts } from '../support/numbered-alerts.ts';
import { createPoster } from '../support/posting.ts';
import { buildImage, type Container, runContainer, whyNoContainer } from './container.ts';

/** What Falcosidekick's chart gives its pod, and how long its probes have patience. */
const UID = 4242;
const GID = 0;
const LIMITS = { memoryMiB: 128, cores: 0.1 };
const START_MS_MAX = 10_000;
/** CPU that Node itself takes to start where that is asked; a slower machine has so much longer. */
const NODE_CPU_MS = 25;
/** Other work on the machine slows a start, too: one of so many must make it. */
const STARTS = 3;

const BURST = 10_000;

type Variables = Readonly<Record<string, string>>;

const chart = (values: string): Variables =>
  JSON.parse(
    readFileSync(new URL(`../data/config/helm-env-${values}.json`, import.meta.url), 'utf8'),
  );

const reason = whyNoContainer();
// Where everything is to be tested, that it cannot be is a failure.
const skip = reason !== undefined && process.env['CI'] !== 'true' ? reason : false;

interface Pod extends Container {
  origin(): string;
}

describe('the image, with the limits, the user and the variables of a Falcosidekick pod', {
  skip,
}, () => {
  const cleanUps: (() => unknown)[] = [];
  let root = '';
  before(async () => {
    root = await buildImage({ after: (call) => cleanUps.push(call) });
  });
  after(async () => {
    for (const cleanUp of cleanUps) await cleanUp();
  });

  async function start(t: TestContext, own: Variables, volume?: string): Promise<Pod> {
    const port = await freePort();
    const environment = { ...own, LISTENPORT: String(port) };
    const limited = { uid: UID, gid: GID, limits: LIMITS };
    const container = runContainer(t, root, {
      environment,
      ...limited,
      ...(volume === undefined ? {} : { volume }),
    });
    const pod = { ...container, origin: () => `http://127.0.0.1:${port}` };
    const alive = async (): Promise<boolean> => {
      assert.equal(pod.exitCode(), undefined, pod.stderr());
      return (await statusOf(pod, '/ping')) === 200;
    };
    await eventually('the pod is alive', alive);
    return pod;
  }

  async function startInTime(t: TestContext, own: Variables): Promise<Pod> {
    const limitMs = START_MS_MAX * Math.max(1, nodeCpuMs() / NODE_CPU_MS);
    for (let left = STARTS; ; left -= 1) {
      const startedAtMs = performance.now();
      const pod = await start(t, own);
      const aliveMs = performance.now() - startedAtMs;
      t.diagnostic(`alive after ${Math.round(aliveMs)} ms, limited by ${pod.limitedBy}`);
      if (aliveMs <= limitMs) return pod;
      assert.ok(left > 1, `no start of ${STARTS} within ${Math.round(limitMs)} ms`);
      await pod.stop();
    }
  }

  for (const values of ['default', 'typical']) {
    test(`starts within 10 s with the chart's ${values} variables, without any place to write`, async (t) => {
      const pod = await startInTime(t, chart(values));
      const answer = await fetch(`${pod.origin()}/`, { method: 'POST', body: ALERT });
      assert.equal(answer.status, 503, 'an alert that cannot be kept is not promised');
      assert.match(await answer.text(), /queue_unavailable/);
      // Loading six outputs keeps a tenth of a core busy; a probe may miss once, not three times.
      await eventually('it is healthy', async () => (await statusOf(pod, '/healthz')) === 200);
      assert.equal(await pod.stop(), 0);
    });
  }

  test('takes a burst of 10,000 alerts onto a volume, and delivers them', async (t) => {
    const destination = await startChecking(t);
    const volume = mkdtempSync(join(tmpdir(), 'tocsin-volume-'));
    t.after(() => rmSync(volume, { recursive: true, force: true }));
    // As Kubernetes gives a volume to the pod's group.
    chmodSync(volume, 0o2770);
    const variables = { ...chart('default'), WEBHOOK_ADDRESS: destination.url };
    const pod = await start(t, variables, volume);
    const poster = createPoster(t, pod, { connections: 64 });
    await poster.postEach(numberedAlerts(0, BURST));
    assert.equal(pod.exitCode(), undefined, `it ended: ${pod.stderr()}`);
    assert.deepEqual([...poster.answers], [[200, BURST]], pod.stderr());
    // What is left to see does not need minutes.
    pod.liftCpuLimit();
    const arrived = (): boolean => destination.taken.size === BURST;
    await eventually('every alert arrived', arrived, 120_000);
    assert.equal(pod.exitCode(), undefined, pod.stderr());
    assert.equal(await pod.stop(), 0);
  });

  test('the hook of the chart waits until nothing waits, beside the hub and within its limits', async (t) => {
    const volume = mkdtempSync(join(tmpdir(), 'tocsin-volume-'));
    t.after(() => rmSync(volume, { recursive: true, force: true }));
    chmodSync(volume, 0o2770);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const pod = await start(t, { ...chart('default'), WEBHOOK_ADDRESS: url }, volume);
    pod.liftCpuLimit();
    const drain = (seconds: number): Promise<number | null> =>
      pod.exec(
        `/app/falcosidekick drain --timeout ${seconds}s --queue-directory /var/lib/tocsin`.split(
          ' ',
        ),
      );
    const answer = await fetch(`${pod.origin()}/`, { method: 'POST', body: ALERT });
    assert.equal(answer.status, 200);
    assert.equal(await drain(1), 1, pod.stderr());
    const drained = drain(60);
    const taken = await startAt(t, port);
    assert.equal(await drained, 0, pod.stderr());
    assert.equal(taken.length, 1);
    assert.equal(await pod.stop(), 0, pod.stderr());
  });
});

/** A destination on this port; what it has taken. */
async function startAt(t: TestContext, port: number): Promise<readonly string[]> {
  const taken: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      taken.push(body);
      response.end();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return taken;
}

const ALERT = JSON.stringify({ rule: 'A rule', priority: 'Notice', output: 'Something happened' });

/** What the machine is worth at the moment. */
function nodeCpuMs(): number {
  const script = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)';
  const tries = Array.from({ length: 3 }, () =>
    Number(spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout),
  );
  return Math.min(...tries);
}

/** A probe of Kubernetes waits for a second. */
async function statusOf(pod: Pod, path: string): Promise<number> {
  const answer = await fetch(pod.origin() + path, { signal: AbortSignal.timeout(1000) }).catch(
    () => undefined,
  );
  return answer?.status ?? 0;
}
