import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { memoryAdmission } from '../../../test/support/memory-admission.ts';
import { openDoor, post } from '../../../test/support/http-ingest.ts';

const corpus = readFileSync(
  new URL('../../../test/data/corpus/falco-alerts.ndjson', import.meta.url),
  'utf8',
);
const drops = corpus.split('\n').filter((line) => line.includes('internal: syscall event drop'));

/** As Falco documents it, with fewer fields. */
const snapshot = (fields: object = {}): string =>
  JSON.stringify({
    hostname: 'node-1',
    output: 'Falco metrics snapshot',
    output_fields: {
      'evt.source': 'syscall',
      'evt.time': 1_748_557_198_960,
      'falco.cpu_usage_perc': 3.2,
      'falco.evts_rate_sec': 1846.4,
      'falco.outputs_queue_num_drops': 4,
      'falco.version': '0.41.0',
      'scap.n_drops': '17',
      ...fields,
    },
    priority: 'Informational',
    rule: 'Falco internal: metrics snapshot',
    source: 'internal',
    time: '2025-05-29T22:19:58.960296886Z',
  })
    .replace('"@', '')
    .replace('@"', '');

suite("Falco's alerts about itself", () => {
  test('missed system calls are added up, by sensor', async (t) => {
    const { admitter, stored, sensors } = memoryAdmission();
    const door = await openDoor(t, {}, { admission: admitter });
    assert.ok(drops.length > 0);
    for (let round = 0; round < 2; round += 1) {
      for (const drop of drops) assert.equal((await post(door.port, drop)).status, 200);
    }
    assert.equal(stored.length, 2 * drops.length);
    const wanted = drops.map((drop) => Number(JSON.parse(drop).output_fields.n_drops));
    const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);
    const counted = sensors.rows().map(({ droppedEvents }) => droppedEvents);
    assert.equal(sum(counted), 2 * sum(wanted));
  });

  test('a snapshot tells the state of its sensor, and is delivered', async (t) => {
    const { admitter, stored, sensors } = memoryAdmission();
    const door = await openDoor(t, {}, { admission: admitter });
    const body = snapshot({ 'falco.start_ts': '@1748557118881742916@' });
    assert.equal((await post(door.port, body)).status, 200);
    assert.equal(stored.length, 1);
    const [{ readings, labels, lastAlertMs } = assert.fail()] = sensors.rows();
    assert.equal(labels.hostname, 'node-1');
    assert.ok(lastAlertMs !== undefined);
    const { startSeconds = 0, cpuRatio = 0, ...rest } = readings;
    assert.deepEqual(rest, { kernelDrops: 17, outputDrops: 4, eventsPerSecond: 1846.4 });
    assert.ok(Math.abs(startSeconds - 1_748_557_118.88) < 0.01);
    assert.ok(Math.abs(cpuRatio - 0.032) < 1e-9);
  });

  test('snapshots can be kept out: answered and counted, seen of the sensor, and no alert', async (t) => {
    const { admitter, stored, sensors, metrics } = memoryAdmission({ keepsSnapshotsOut: true });
    const door = await openDoor(t, {}, { admission: admitter });
    assert.equal((await post(door.port, `${snapshot()}\n${drops[0]}`)).status, 200);
    assert.deepEqual(
      stored.map(({ rule }) => rule),
      ['Falco internal: syscall event drop'],
    );
    const text = await metrics.registry.metrics();
    assert.match(text, /tocsin_events_quiet_total\{format="falco"\} 1/);
    const row = sensors.rows().find(({ labels }) => labels.hostname === 'node-1');
    assert.equal(row?.readings.kernelDrops, 17);
    assert.equal(row.lastAlertMs, undefined);
  });

  test('only Falco itself can say so: a rule of the same name is an alert like others', async (t) => {
    const { admitter, stored } = memoryAdmission({ keepsSnapshotsOut: true });
    const door = await openDoor(t, {}, { admission: admitter });
    const body = snapshot().replace('"source":"internal"', '"source":"syscall"');
    assert.equal((await post(door.port, body)).status, 200);
    assert.equal(stored.length, 1);
  });

  test('what is no number says nothing', async (t) => {
    const { admitter, sensors } = memoryAdmission();
    const door = await openDoor(t, {}, { admission: admitter });
    for (const value of ['x', '-1', '1e9', null, [], {}, '0x10', '9'.repeat(400), true]) {
      const body = snapshot({ 'scap.n_drops': value });
      assert.equal((await post(door.port, body)).status, 200);
      assert.equal(sensors.rows()[0]!.readings.kernelDrops, undefined);
    }
  });
});
