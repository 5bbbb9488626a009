import type { AddressInfo } from 'node:net';
import { loadTlsFiles, type TlsFilesWatch, type TlsMaterial, watchTlsFiles } from '../tls-files.ts';
import { type Path, PATHS } from './app.ts';
import { applySettings, createDoor, type Door, type HttpIngestDeps } from './door.ts';
import { type Endpoint, openEndpoint } from './endpoint.ts';
import type { HttpSettings, ServerTls } from './settings.ts';

/** Where the door is open; `plain` is the listener without TLS beside one with it. */
export interface HttpAddresses {
  readonly main: AddressInfo;
  readonly plain?: AddressInfo | undefined;
}

/** The HTTP door. */
export interface HttpIngest {
  /**
   * Opens it, once. Rejects when an address cannot be had or the TLS files cannot be served
   * (`TlsFilesError`); nothing is open then.
   */
  listen(): Promise<HttpAddresses>;
  /** Undefined before `listen` has resolved. */
  addresses(): HttpAddresses | undefined;
  /**
   * Puts credentials, limits, names and certificates in force for the next request or connection.
   * Resolves to the settings that need a new listener and stay as they were. Rejects with
   * `TlsFilesError`, and then nothing has changed.
   */
  reload(settings: HttpSettings, sidekickStatus?: boolean): Promise<readonly string[]>;
  /** When the certificate in force expires; undefined without TLS. */
  certificateNotAfter(): Date | undefined;
  /** Whether a sender must prove who it is. */
  authenticated(): boolean;
  /** Says that the hub is going: not ready, and every answer ends its connection. */
  lameDuck(): void;
  /** Stops listening, gives requests under way so many milliseconds, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

export function createHttpIngest(deps: HttpIngestDeps): HttpIngest {
  const door = createDoor(deps);
  let opened: Opened | undefined;
  let watch: TlsFilesWatch | undefined;

  function follow(tls: ServerTls, material: TlsMaterial, main: Endpoint): void {
    watch?.close();
    watch = watchTlsFiles(tls, material, { onChange: main.setMaterial, log: deps.log });
  }

  async function reload(settings: HttpSettings, sidekickStatus = door.sidekickStatus) {
    const needsListener = opened ? listenerChanges(opened.settings, settings) : [];
    const tls = needsListener.includes('ingest.http.tls') ? door.settings.tls : settings.tls;
    const material = tls && (await loadTlsFiles(tls));
    applySettings(door, { ...settings, tls }, sidekickStatus);
    if (!opened) return needsListener;
    opened.main.applyLimits();
    opened.plain?.applyLimits();
    if (tls && material) {
      opened.main.setMaterial(material);
      follow(tls, material, opened.main);
    }
    return needsListener;
  }

  return {
    listen: async () => {
      warnOf(door);
      const { tls } = door.settings;
      const material = tls && (await loadTlsFiles(tls));
      opened = await openAll(door, material);
      if (tls && material) follow(tls, material, opened.main);
      return addressesOf(opened);
    },
    addresses: () => opened && addressesOf(opened),
    reload,
    certificateNotAfter: () => watch?.current().notAfter,
    authenticated: () => door.authenticator.required,
    lameDuck: () => {
      door.draining = true;
    },
    close: async (graceMs) => {
      door.draining = true;
      watch?.close();
      await Promise.all([opened?.main.close(graceMs), opened?.plain?.close(graceMs)]);
    },
  };
}

interface Opened {
  /** What the listeners were opened with. */
  readonly settings: HttpSettings;
  readonly main: Endpoint;
  readonly plain?: Endpoint | undefined;
}

async function openAll(door: Door, material: TlsMaterial | undefined): Promise<Opened> {
  const { settings } = door;
  // Without TLS everything is plain already.
  const plain = material && settings.plain;
  const moved: readonly string[] = plain?.paths ?? [];
  const main = await openEndpoint(door, {
    address: settings.address,
    material,
    serves: (path: Path) => !moved.includes(path),
  });
  if (plain === undefined) return { settings, main };
  try {
    const serves = (path: Path) => moved.includes(path);
    return { settings, main, plain: await openEndpoint(door, { address: plain.address, serves }) };
  } catch (error) {
    await main.close(0);
    throw error;
  }
}

function addressesOf({ main, plain }: Opened): HttpAddresses {
  return { main: main.address, plain: plain?.address };
}

function warnOf({ settings: { plain }, authenticator, deps: { log } }: Door): void {
  if (!authenticator.required) {
    log.warn({}, 'everybody who reaches ingest.http may send alerts: no authentication configured');
  }
  const known: readonly string[] = PATHS;
  const unknown = plain?.paths.filter((path) => !known.includes(path)) ?? [];
  if (unknown.length > 0) {
    log.warn({ unknown, known }, 'ingest.http.plain.paths names paths that do not exist');
  }
}

/** The settings that only a new listener can put in force. */
function listenerChanges(opened: HttpSettings, wanted: HttpSettings): string[] {
  const changes = [];
  if (opened.address !== wanted.address) changes.push('ingest.http.address');
  if (handshakeOf(opened.tls) !== handshakeOf(wanted.tls)) changes.push('ingest.http.tls');
  if (JSON.stringify(opened.plain) !== JSON.stringify(wanted.plain)) {
    changes.push('ingest.http.plain');
  }
  return changes;
}

/** What a TLS listener asks of senders is fixed when it is opened. */
function handshakeOf(tls: ServerTls | undefined): string {
  if (tls === undefined) return 'none';
  return tls.clientCaFile === undefined ? 'no client certificate' : tls.clientAuth;
}
