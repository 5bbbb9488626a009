import { isIP } from 'node:net';
import type { SensorRow } from '../../observe/sensors.ts';
import type { Sender } from '../admission.ts';
import { HOSTNAME_LENGTH_MAX, withoutControls } from '../normalise/names.ts';
import type { Health } from './health.ts';

/** The section `sensors` of the configuration. Times in ms. */
export interface SensorSettings {
  /** A sensor of which nothing was heard for longer is silent; undefined: none is missed. */
  readonly silentAfter?: number | undefined;
  /** The same for one host name or sender; 0: it is not missed. */
  readonly silentAfterOf: Readonly<Record<string, number>>;
  readonly forgetAfter: number;
  readonly sensorsMax: number;
}

/** Who was heard. */
export interface SensorName {
  /** The identity that was proven; else the address, or nothing where there is a host name. */
  readonly sender: string;
  /** As which its documents are read: `falco`. */
  readonly agent: string;
  /** Empty where the host that an alert names is not the one that sends it. */
  readonly hostname: string;
}

/** One that has fallen silent. */
export interface SilentSensor extends SensorName {
  readonly lastContactMs: number;
  readonly silentAfterMs: number;
}

interface Sensor extends SensorName {
  lastContactMs: number;
  lastAlertMs: number | undefined;
  isSilent: boolean;
  droppedEvents: number;
  readings: Health['readings'];
}

/**
 * What one sender that has proven who it is may have of the table, and all others together: none must
 * take the room of the rest, and an address is easily had, or forged.
 */
const SENDER_SHARE = 0.5;
/** The table is looked at every few seconds: after a longer pause it was the hub that did not listen. */
const PAUSE_MS = 60_000;

/**
 * Every sensor that was heard, and when. Names come out of alerts, so the table has a bound: one
 * that finds no room is not tracked, and none is forgotten for it, or an attacker could push out the
 * sensor he has switched off.
 */
export class Sensors {
  readonly #all = new Map<string, Map<string, Sensor>>();
  #settings: SensorSettings;
  #count = 0;
  /** Of senders that have proven nothing. */
  #unprovenCount = 0;
  #untracked = 0;
  #listeningSinceMs: number;
  #lastLookMs: number;

  constructor(settings: SensorSettings, nowMs: number) {
    this.#settings = settings;
    this.#listeningSinceMs = nowMs;
    this.#lastLookMs = nowMs;
  }

  apply(settings: SensorSettings): void {
    this.#settings = settings;
  }

  /** How often somebody was heard for whom there was no room. */
  get untracked(): number {
    return this.#untracked;
  }

  /** An alert came in, and is on disk. */
  alerted(name: SensorName, nowMs: number, health?: Health): void {
    const sensor = this.#touch(name, nowMs);
    if (sensor === undefined) return;
    sensor.lastAlertMs = nowMs;
    if (health !== undefined) note(sensor, health);
  }

  /** Something came in that is no alert, but shows that its sender is alive. */
  contacted(name: SensorName, nowMs: number, health?: Health): void {
    const sensor = this.#touch(name, nowMs);
    if (sensor !== undefined && health !== undefined) note(sensor, health);
  }

  /**
   * What an earlier run of the hub has heard, which went on until `untilMs`: who was silent for long
   * by then has been told already.
   */
  remember(name: SensorName, atMs: number, untilMs: number): void {
    const known = this.#find(name);
    if (known !== undefined && known.lastContactMs >= atMs) return;
    if (this.#lastLookMs - atMs > this.#settings.forgetAfter) return;
    const sensor = this.#touch(name, atMs);
    if (sensor === undefined) return;
    sensor.lastAlertMs = atMs;
    const silentAfterMs = this.#silentAfterMs(sensor);
    sensor.isSilent = silentAfterMs > 0 && untilMs - atMs > silentAfterMs;
  }

  /** Those that have fallen silent since the last look; what is silent for long is forgotten. */
  fallenSilent(nowMs: number): SilentSensor[] {
    // Paused, restarted or moved in time, the hub was the one who did not listen.
    const sinceLook = nowMs - this.#lastLookMs;
    if (sinceLook > PAUSE_MS || sinceLook < 0) this.#listeningSinceMs = nowMs;
    this.#lastLookMs = nowMs;
    const fallen: SilentSensor[] = [];
    for (const sensor of this.#each()) {
      const silentAfterMs = this.#silentAfterMs(sensor);
      const unheardMs = nowMs - Math.max(sensor.lastContactMs, this.#listeningSinceMs);
      if (silentAfterMs > 0 && unheardMs > silentAfterMs && !sensor.isSilent) {
        sensor.isSilent = true;
        fallen.push({ ...nameOf(sensor), lastContactMs: sensor.lastContactMs, silentAfterMs });
      }
      if (unheardMs > Math.max(this.#settings.forgetAfter, silentAfterMs)) this.#forget(sensor);
    }
    return fallen;
  }

  rows(): SensorRow[] {
    return [...this.#each()].map((sensor) => ({
      labels: nameOf(sensor),
      lastContactMs: sensor.lastContactMs,
      lastAlertMs: sensor.lastAlertMs,
      isSilent: sensor.isSilent,
      droppedEvents: sensor.droppedEvents,
      readings: sensor.readings,
    }));
  }

  #touch(name: SensorName, nowMs: number): Sensor | undefined {
    const sensor = this.#find(name) ?? this.#add(name, nowMs);
    if (sensor === undefined) return undefined;
    sensor.lastContactMs = nowMs;
    sensor.isSilent = false;
    return sensor;
  }

  #find({ sender, agent, hostname }: SensorName): Sensor | undefined {
    const sensor = this.#all.get(sender)?.get(hostname);
    if (sensor === undefined || sensor.agent === agent) return sensor;
    return this.#all.get(sender)?.get(`${hostname}\n${agent}`);
  }

  #add(name: SensorName, nowMs: number): Sensor | undefined {
    const { sensorsMax } = this.#settings;
    const [sender, agent, hostname] = [name.sender, name.agent, ownText(name.hostname)];
    const hosts = this.#all.get(sender) ?? new Map<string, Sensor>();
    const taken = isProven(sender) ? hosts.size : this.#unprovenCount;
    if (this.#count >= sensorsMax || taken >= Math.max(1, sensorsMax * SENDER_SHARE)) {
      this.#untracked += 1;
      return undefined;
    }
    const fresh = { lastContactMs: nowMs, lastAlertMs: undefined, isSilent: false };
    const sensor = { sender, agent, hostname, ...fresh, droppedEvents: 0, readings: {} };
    // A line break is in no host name.
    hosts.set(hosts.has(hostname) ? `${hostname}\n${agent}` : hostname, sensor);
    this.#all.set(sender, hosts);
    this.#count += 1;
    if (!isProven(sender)) this.#unprovenCount += 1;
    return sensor;
  }

  #forget(sensor: Sensor): void {
    const hosts = this.#all.get(sensor.sender);
    for (const [key, one] of hosts ?? []) {
      if (one !== sensor || hosts?.delete(key) !== true) continue;
      this.#count -= 1;
      if (!isProven(sensor.sender)) this.#unprovenCount -= 1;
    }
    if (hosts?.size === 0) this.#all.delete(sensor.sender);
  }

  #silentAfterMs({ sender, hostname }: Sensor): number {
    const { silentAfter = 0, silentAfterOf } = this.#settings;
    for (const name of [hostname, sender]) {
      if (Object.hasOwn(silentAfterOf, name)) return silentAfterOf[name]!;
    }
    return silentAfter;
  }

  *#each(): Generator<Sensor> {
    for (const hosts of this.#all.values()) yield* hosts.values();
  }
}

/** An identity says how it was proven, `token:edge`, which is no address. */
function isProven(sender: string): boolean {
  return sender !== '' && isIP(sender) === 0;
}

function nameOf({ sender, agent, hostname }: Sensor): SensorName {
  return { sender, agent, hostname };
}

function note(sensor: Sensor, { droppedEvents, readings, isSnapshot }: Health): void {
  sensor.droppedEvents += droppedEvents;
  if (isSnapshot) sensor.readings = readings;
}

/** The hub's test alert, and Falcosidekick's: no sensor has sent it. */
export const TEST_RULE = 'Test rule';

/**
 * Agents that run on the host that their alerts name. The alerts of all others are about hosts that
 * they name: Alertmanager's, those of a mapping or of a SIEM, lines of syslog that a relay passes on.
 */
const TELL_OF_THEMSELVES: ReadonlySet<string> = new Set([
  'auditd',
  'falco',
  'k8s_audit',
  'tetragon',
  'tracee',
]);

/**
 * The sensor that a document came from. Where nothing was proven, the host name alone tells it: a
 * DaemonSet's pods get other addresses each time they start, and none of them has fallen silent.
 */
export function sensorOf(
  sender: Pick<Sender, 'identity' | 'peer'>,
  agent: string,
  claimed: string,
): SensorName {
  const { identity, peer } = sender;
  const hostname = TELL_OF_THEMSELVES.has(agent)
    ? withoutControls(claimed.slice(0, HOSTNAME_LENGTH_MAX))
    : '';
  return { sender: identity ?? (hostname === '' ? peer : ''), agent, hostname };
}

/** A copy: a slice would keep the whole body in memory that it was cut from. */
function ownText(text: string): string {
  return Buffer.from(text).toString();
}
