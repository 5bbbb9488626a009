import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AuditEntry } from '../../src/api/answer.ts';
import type { Control } from '../../src/api/contract.ts';
import { type ControlServer, startControlServer } from '../../src/api/server.ts';
import { controlSocketPath } from '../../src/api/socket-path.ts';

/** A `Control` with nothing behind it, and a real server before it. */

export interface Call {
  readonly name: string;
  readonly input: readonly unknown[];
}

/** Remembers what it was asked; what `answers` does not say is answered as by an empty hub. */
export function createMemoryControl(
  answers: Partial<Control> = {},
): Control & { readonly calls: Call[] } {
  const calls: Call[] = [];
  const control: Control = { ...EMPTY, ...answers };
  const remembered = Object.entries(control).map(([name, call]) => [
    name,
    (...input: readonly unknown[]) => {
      calls.push({ name, input });
      return (call as (...input: readonly unknown[]) => Promise<unknown>)(...input);
    },
  ]);
  return { ...(Object.fromEntries(remembered) as Control), calls };
}

const EMPTY: Control = {
  status: async () => ({
    version: '1.2.3',
    pid: 4711,
    startedAtMs: 0,
    ready: true,
    addresses: { http: '[::]:2801' },
    queue: { directory: '/q', durability: 'volume', usedBytes: 0, bytesMax: 1024 },
    outputs: [],
  }),
  alerts: async () => [],
  why: async () => ({ alerts: [], outputs: [] }),
  deadList: async () => [],
  deadShow: async () => undefined,
  deadReplay: async () => 0,
  deadDrop: async () => 0,
  queueCheck: async () => ({ ok: true, structure: [], alerts: 0, damagedCount: 0, ledger: [] }),
  drain: async () => ({ drained: true, waiting: {}, forwarded: 0 }),
  outputTest: async () => ({ outcome: 'delivered', durationMs: 1 }),
  outputDrop: async () => false,
  outputResend: async () => 0,
  reload: async () => ({ reloaded: true, problems: [] }),
};

export interface RunningControl {
  readonly directory: string;
  readonly socketPath: string;
  readonly server: ControlServer;
  readonly audited: AuditEntry[];
  readonly faults: unknown[];
}

/** Serves it in a directory of its own until the test ends. */
export async function serveControl(t: TestContext, control: Control): Promise<RunningControl> {
  const directory = temporaryDirectory(t);
  const socketPath = controlSocketPath(directory);
  const audited: AuditEntry[] = [];
  const faults: unknown[] = [];
  const server = await startControlServer({
    socketPath,
    control,
    audit: (entry) => void audited.push(entry),
    onFault: (error) => void faults.push(error),
  });
  t.after(() => server.close());
  return { directory, socketPath, server, audited, faults };
}

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
