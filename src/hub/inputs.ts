import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Admission } from '../ingest/admission.ts';
import type { AudispDoor } from '../ingest/audisp/door.ts';
import { AuditRoom } from '../ingest/auditd/room.ts';
import type { FileInputsDoor } from '../ingest/file/inputs.ts';
import { sensorOf } from '../ingest/sensors/sensors.ts';
import { loadTlsFiles } from '../ingest/tls-files.ts';
import { effectiveBytesMax } from '../queue/sqlite/disk.ts';
import { agentSettings } from './agent-settings.ts';
import type { Hub } from './hub.ts';

/** Above this part of the queue's room, files wait. */
const FULL = 0.9;
/** Where history alone may fill that much, it says nothing of what waits. */
const HISTORY_SHARE_MAX = 0.8;

const CLOSED = 'inputs.auditd is closed.';
const UNCHANGED = 'inputs.auditd stays as it was.';

/** The files that the hub follows, and auditd's records. */
export class Inputs {
  readonly #hub: Hub;
  /** For auditd's events that are not whole, wherever they come from. */
  readonly #auditRoom = new AuditRoom();
  #admission: Admission | undefined;
  #files: FileInputsDoor | undefined;
  #audisp: AudispDoor | undefined;
  /** What the queue may take, on a small volume less than is configured. */
  #bytesMax: number | undefined;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async open(admission: Admission): Promise<void> {
    this.#admission = admission;
    await this.#applyAudisp();
    await this.#applyFiles();
  }

  /** Starts and stops what the configuration now says. */
  async reload(): Promise<void> {
    await this.#applyFiles();
    try {
      await this.#applyAudisp();
    } catch (error) {
      const { message } = error as Error;
      const text = this.#audisp === undefined ? CLOSED : UNCHANGED;
      this.#hub.options.log.error({ error: message }, text);
    }
  }

  /** Where the hub listens for them. */
  listeners(): AddressInfo[] {
    return this.#audisp === undefined ? [] : [this.#audisp.address];
  }

  /** Of the certificate that is served to auditd's senders; undefined without TLS. */
  certificateNotAfter(): Date | undefined {
    return this.#audisp?.certificateNotAfter();
  }

  async close(): Promise<void> {
    await Promise.all([this.#files?.close(), this.#audisp?.close()]);
  }

  async #applyAudisp(): Promise<void> {
    const { auditd } = this.#hub.loaded.config.inputs;
    const admission = this.#admission;
    if (admission === undefined || isDeepStrictEqual(auditd, this.#audisp?.settings)) return;
    // What cannot be served must not end what can.
    if (auditd?.tls !== undefined) await loadTlsFiles(auditd.tls);
    await this.#audisp?.close();
    this.#audisp = undefined;
    if (auditd === undefined) return this.#hub.metrics.authenticated.remove({ input: 'auditd' });
    const { AudispDoor } = await import('../ingest/audisp/door.ts');
    const { metrics, options } = this.#hub;
    this.#audisp = await AudispDoor.open(auditd, {
      admission,
      isFull: () => this.#isFull(),
      auditd: () => this.#hub.loaded.config.ingest.auditd,
      auditRoom: this.#auditRoom,
      metrics,
      log: options.log,
    });
  }

  async #applyFiles(): Promise<void> {
    const { file } = this.#hub.loaded.config.inputs;
    // Loaded only where it is used.
    if (this.#files === undefined && Object.keys(file).length === 0) return;
    this.#files ??= await this.#openFiles();
    await this.#files?.apply(file);
  }

  async #openFiles(): Promise<FileInputsDoor | undefined> {
    const admission = this.#admission;
    if (admission === undefined) return undefined;
    const { FileInputsDoor } = await import('../ingest/file/inputs.ts');
    const { keep, metrics, options } = this.#hub;
    return FileInputsDoor.open({
      admission,
      directory: keep.directory,
      isFull: () => this.#isFull(),
      agents: () => ({
        ...agentSettings(this.#hub.loaded),
        auditd: this.#hub.loaded.config.ingest.auditd,
      }),
      onQuiet: (agent, host, sender) => {
        this.#hub.metrics.quiet.inc({ format: agent });
        this.#hub.sensors.contacted(sensorOf(sender, agent, host), Date.now());
      },
      auditRoom: this.#auditRoom,
      metrics,
      log: options.log,
      onFatal: options.onFatal,
    });
  }

  /** Full of what waits: more would make the queue give some of it up. */
  async #isFull(): Promise<boolean> {
    const { keep, loaded } = this.#hub;
    const { sqlite, directory, bytesMax } = keep;
    if (sqlite === undefined) return false;
    this.#bytesMax ??= effectiveBytesMax(directory, bytesMax);
    const { historyMax = bytesMax / 2 } = loaded.config.queue;
    if (historyMax > this.#bytesMax * HISTORY_SHARE_MAX) return false;
    const fullBytes = this.#bytesMax * FULL;
    return sqlite.usedBytes() > fullBytes && (await sqlite.measureUsedBytes()) > fullBytes;
  }
}
