import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Sender } from '../admission.ts';
import { type SensorSettings, Sensors, sensorOf } from './sensors.ts';

const HOUR = 3_600_000;
const SETTINGS: SensorSettings = {
  silentAfter: HOUR,
  silentAfterOf: { 'node-slow': 5 * HOUR, 'token:never': 0 },
  forgetAfter: 24 * HOUR,
  sensorsMax: 10,
};
const OPEN: Sender = { input: 'http', peer: '192.0.2.1' };
const PROVEN: Sender = { ...OPEN, identity: 'token:edge' };
const NEVER: Sender = { ...OPEN, identity: 'token:never' };

/** Looks every half minute, as the hub does more often, and returns who was told. */
function watch(sensors: Sensors, fromMs: number, toMs: number): string[] {
  const told: string[] = [];
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 30_000) {
    told.push(...sensors.fallenSilent(nowMs).map((one) => `${one.hostname}/${one.sender}`));
  }
  return told;
}

suite('sensors', () => {
  test('one that used to speak is told once when it is silent, and again after it has spoken', () => {
    const sensors = new Sensors(SETTINGS, 0);
    const name = sensorOf(PROVEN, 'falco', 'node-1');
    sensors.alerted(name, 0);
    assert.deepEqual(watch(sensors, 0, HOUR), []);
    assert.deepEqual(watch(sensors, HOUR, 3 * HOUR), ['node-1/token:edge']);
    assert.equal(sensors.rows()[0]!.isSilent, true);
    sensors.contacted(name, 3 * HOUR);
    assert.equal(sensors.rows()[0]!.isSilent, false);
    assert.equal(sensors.rows()[0]!.lastAlertMs, 0, 'a contact is no alert');
    assert.deepEqual(watch(sensors, 3 * HOUR, 5 * HOUR), ['node-1/token:edge']);
  });

  test('a host or a sender has a time of its own', () => {
    const sensors = new Sensors(SETTINGS, 0);
    sensors.alerted(sensorOf(PROVEN, 'falco', 'node-slow'), 0);
    sensors.alerted(sensorOf(NEVER, 'falco', 'node-2'), 0);
    assert.deepEqual(watch(sensors, 0, 5 * HOUR), []);
    assert.deepEqual(watch(sensors, 5 * HOUR, 6 * HOUR), ['node-slow/token:edge']);
  });

  test('without a time none is missed', () => {
    const sensors = new Sensors({ ...SETTINGS, silentAfter: undefined }, 0);
    sensors.alerted(sensorOf(PROVEN, 'falco', 'node-1'), 0);
    assert.deepEqual(watch(sensors, 0, 23 * HOUR), []);
  });

  test('time in which the hub did not listen is not silence of the sensors', () => {
    const sensors = new Sensors(SETTINGS, 10 * HOUR);
    sensors.remember(sensorOf(PROVEN, 'falco', 'node-1'), HOUR, HOUR);
    assert.deepEqual(watch(sensors, 10 * HOUR, 11 * HOUR), [], 'after a start');
    assert.deepEqual(sensors.fallenSilent(40 * HOUR), [], 'after a suspension or a jump');
    assert.deepEqual(watch(sensors, 40 * HOUR, 41 * HOUR), []);
    assert.deepEqual(watch(sensors, 41 * HOUR, 42 * HOUR), ['node-1/token:edge']);
  });

  test('what an earlier run has heard is no news', () => {
    const sensors = new Sensors(SETTINGS, 0);
    const name = sensorOf(PROVEN, 'falco', 'node-1');
    sensors.alerted(name, 500);
    sensors.remember(name, 100, 600);
    assert.equal(sensors.rows()[0]!.lastContactMs, 500);
  });

  test('who had fallen silent before a restart is not told again, but is when it has spoken', () => {
    const sensors = new Sensors(SETTINGS, 10 * HOUR);
    const told = sensorOf(PROVEN, 'falco', 'told');
    sensors.remember(told, HOUR, 9 * HOUR);
    sensors.remember(sensorOf(PROVEN, 'falco', 'spoke'), 8.5 * HOUR, 9 * HOUR);
    sensors.remember(sensorOf(PROVEN, 'falco', 'long gone'), -20 * HOUR, 9 * HOUR);
    assert.equal(sensors.rows().length, 2);
    assert.deepEqual(watch(sensors, 10 * HOUR, 12 * HOUR), ['spoke/token:edge']);
    sensors.alerted(told, 12 * HOUR);
    assert.deepEqual(watch(sensors, 12 * HOUR, 14 * HOUR), ['told/token:edge']);
  });

  test('it is forgotten in the end, but not before it was told', () => {
    const sensors = new Sensors(
      { ...SETTINGS, forgetAfter: HOUR / 2, silentAfterOf: { gone: 0 } },
      0,
    );
    sensors.alerted(sensorOf(PROVEN, 'falco', 'node-1'), 0);
    sensors.alerted(sensorOf(PROVEN, 'falco', 'gone'), 0);
    assert.deepEqual(watch(sensors, 0, HOUR + 60_000), ['node-1/token:edge']);
    assert.deepEqual(sensors.rows(), []);
  });

  test('made-up hosts take the room of nobody else, and push nobody out', () => {
    const sensors = new Sensors(SETTINGS, 0);
    sensors.alerted(sensorOf(PROVEN, 'falco', 'node-1'), 0);
    for (let at = 0; at < 1000; at += 1) {
      sensors.alerted(sensorOf(OPEN, 'falco', `made-up-${at}`), 1);
    }
    sensors.alerted(sensorOf(PROVEN, 'falco', 'node-2'), 2);
    const hosts = sensors.rows().map(({ labels }) => labels.hostname);
    assert.equal(hosts.length, 7);
    assert.ok(hosts.includes('node-1') && hosts.includes('node-2'));
    assert.equal(sensors.untracked, 995);
  });

  test('two agents on one host are two sensors', () => {
    const sensors = new Sensors(SETTINGS, 0);
    sensors.alerted(sensorOf(PROVEN, 'falco', 'node-1'), 0);
    sensors.alerted(sensorOf(PROVEN, 'tetragon', 'node-1'), 1);
    sensors.alerted(sensorOf(PROVEN, 'tetragon', 'node-1'), 2);
    sensors.alerted(sensorOf(PROVEN, 'falco', 'node-1'), 3);
    const rows = sensors.rows().map(({ labels, lastContactMs }) => [labels.agent, lastContactMs]);
    assert.deepEqual(rows, [
      ['falco', 3],
      ['tetragon', 2],
    ]);
  });

  test('a pod that comes back with another address is the same sensor, unless it proves who it is', () => {
    const elsewhere = { ...OPEN, peer: '192.0.2.2' };
    assert.deepEqual(sensorOf(OPEN, 'falco', 'n'), sensorOf(elsewhere, 'falco', 'n'));
    assert.notDeepEqual(sensorOf(OPEN, 'falco', 'n'), sensorOf(PROVEN, 'falco', 'n'));
    assert.equal(sensorOf(OPEN, 'falco', '').sender, OPEN.peer);
    assert.equal(sensorOf(OPEN, 'tetragon', `a\nb${'c'.repeat(999)}`).hostname.length, 253);
  });

  test('a host that an alert is about is no sensor: who sends it is', () => {
    for (const agent of ['alertmanager', 'cloudevents', 'otlp', 'syslog', 'cef', 'leef', 'wazuh']) {
      const expected = { agent, hostname: '', sender: '192.0.2.1' };
      assert.deepEqual(sensorOf(OPEN, agent, 'about-this'), expected);
      assert.deepEqual(sensorOf(PROVEN, agent, 'about-this').sender, 'token:edge');
    }
    for (const agent of ['falco', 'k8s_audit', 'tetragon', 'tracee', 'auditd']) {
      assert.deepEqual(sensorOf(OPEN, agent, 'node-1'), { agent, hostname: 'node-1', sender: '' });
    }
  });

  test('addresses that nobody has proven have half of the room, however many there are', () => {
    const sensors = new Sensors(SETTINGS, 0);
    for (let at = 0; at < 1000; at += 1) {
      const peer = at % 2 === 0 ? `192.0.2.${at % 200}` : `2001:db8::${at}`;
      sensors.alerted(sensorOf({ peer }, 'syslog', 'x'), 1);
      sensors.alerted(sensorOf({ peer }, 'falco', `made-up-${at}`), 1);
    }
    assert.equal(sensors.rows().length, 5);
    sensors.alerted(sensorOf(PROVEN, 'falco', 'node-1'), 2);
    assert.equal(sensors.rows().length, 6);
    watch(sensors, 0, 25 * HOUR);
    sensors.alerted(sensorOf(OPEN, 'syslog', 'x'), 25 * HOUR);
    assert.equal(sensors.rows().length, 1, 'who is forgotten leaves the room');
  });
});
