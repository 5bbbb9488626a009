import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

/** The program as a user runs it: a process of its own, that can be signalled, killed and restarted. */

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A test, or a file of tests (`{ after }` of node:test). */
export interface Lifetime {
  after(call: () => unknown): void;
}

/** A configuration but for addresses and the queue's directory, which are made here. */
export interface HubConfig {
  readonly outputs: Readonly<Record<string, object>>;
  readonly queue?: object;
  readonly ingest?: { readonly http?: object; readonly grpc?: object };
  readonly [section: string]: unknown;
}

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface HubProcess {
  /** Holds the configuration and the queue. */
  readonly directory: string;
  readonly queueDirectory: string;
  /** `http://127.0.0.1:…`, the same after every start. */
  origin(): string;
  /** `127.0.0.1:…` of the gRPC door. */
  grpc(): string;
  pid(): number;
  /** Of all runs so far. */
  stderr(): string;
  stdout(): string;
  log(): LogLine[];
  /** Writes the configuration: a running hub sees the change, another start takes it. */
  configure(config: HubConfig): void;
  /** Writes the file as it is given. */
  configureText(text: string): void;
  start(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** The exit code; null where a signal ended it. */
  exited(): Promise<number | null>;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

export interface HubPlace {
  /** Where the queue is; default: a folder of the temporary directory. */
  readonly queueDirectory?: string;
  readonly nodeFlags?: readonly string[];
  /** A command that becomes Node in the end: sets limits, or what a process sees of the machine. */
  readonly wrapper?: readonly string[];
}

/** Starts a hub that is killed, and forgotten, when the test ends. */
export async function startHub(
  lifetime: Lifetime,
  config: HubConfig,
  place: HubPlace = {},
): Promise<HubProcess> {
  const hub = prepareHub(lifetime, config, place);
  await hub.start();
  return hub;
}

/** A hub that is not started yet. */
export function prepareHub(
  lifetime: Lifetime,
  first: HubConfig,
  { queueDirectory, nodeFlags = [], wrapper = [] }: HubPlace = {},
): HubProcess {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-journey-'));
  const queue = queueDirectory ?? join(directory, 'queue');
  const configFile = join(directory, 'config.yaml');
  const node = [process.execPath, ...nodeFlags, '--disable-sigusr1', MAIN, '-c', configFile];
  const [command = '', ...args] = [...wrapper, ...node];
  let config = first;
  let addresses = { http: '127.0.0.1:0', grpc: '127.0.0.1:0' };
  let opened = addresses;
  let stderr = '';
  let stdout = '';
  let child: ChildProcess | undefined;
  let exit: Promise<number | null> = Promise.resolve(null);

  const hub: HubProcess = {
    directory,
    queueDirectory: queue,
    origin: () => `http://${opened.http}`,
    grpc: () => opened.grpc,
    pid: () => child?.pid ?? 0,
    stderr: () => stderr,
    stdout: () => stdout,
    log: () => linesOf(stderr),
    configure(next) {
      config = next;
      hub.configureText(configText(config, queue, addresses));
    },
    configureText: (text) => writeFileSync(configFile, text),
    async start() {
      // The doors of the first run, so that senders find the next one.
      addresses = opened;
      hub.configure(config);
      const from = stderr.length;
      const started = spawn(command, args, {
        stdio: 'pipe',
        env: { PATH: process.env['PATH'] },
      });
      child = started;
      started.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      started.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      exit = once(started, 'close').then(([code]) => code as number | null);
      const listening = () => linesOf(stderr.slice(from)).find(({ msg }) => msg === 'Listening.');
      await eventually('the hub listens', () => {
        const isOver = started.exitCode !== null || started.signalCode !== null;
        if (isOver) throw new Error(`the hub ended: ${stderr.slice(from)}`);
        return listening() !== undefined;
      });
      opened = { ...opened, ...pickAddresses(listening()) };
    },
    signal: (signal) => void child?.kill(signal),
    exited: () => exit,
    stop() {
      child?.kill('SIGTERM');
      return exit;
    },
    async kill() {
      child?.kill('SIGKILL');
      await exit;
    },
  };
  lifetime.after(async () => {
    await hub.kill();
    rmSync(directory, { recursive: true, force: true });
  });
  return hub;
}

function configText(
  config: HubConfig,
  directory: string,
  { http, grpc }: { http: string; grpc: string },
): string {
  const { ingest = {}, queue, ...others } = config;
  return JSON.stringify({
    shutdown: { lameDuck: '0' },
    ...others,
    ingest: {
      http: { address: http, ...ingest.http },
      ...(ingest.grpc && { grpc: { address: grpc, ...ingest.grpc } }),
    },
    queue: { directory, ...queue },
  });
}

function pickAddresses(line: LogLine | undefined): { http?: string; grpc?: string } {
  const { http, grpc } = line as { http?: string; grpc?: string };
  return { ...(http !== undefined && { http }), ...(grpc !== undefined && { grpc }) };
}

/** Whole lines that are JSON; a crash of Node itself writes others. */
function linesOf(stderr: string): LogLine[] {
  return stderr
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}

export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What the hub answers on `path`. */
export async function get(hub: HubProcess, path: string): Promise<Page> {
  const response = await fetch(hub.origin() + path, { headers: { connection: 'close' } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The sum of a metric's series that carry these labels. */
export async function metric(
  hub: HubProcess,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const { text } = await get(hub, '/metrics');
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
