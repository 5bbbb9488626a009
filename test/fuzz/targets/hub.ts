import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createControlClient } from '../../../src/api/client.ts';
import { CALL_ROWS_MAX } from '../../../src/api/endpoints.ts';
import { controlSocketPath } from '../../../src/api/socket-path.ts';
import { type HubProcess, type Lifetime, startHub } from '../../support/hub-process.ts';

/** The program itself, of which is read back what it said it had taken. */

export interface FuzzedHub {
  readonly hub: HubProcess;
  /** The texts of the alerts that are in the queue since the last call. */
  newAlerts(): Promise<string[]>;
  /** Fails where the hub has ended, or has logged an error since the last call. */
  assertSound(): Promise<void>;
  memoryBytes(): number;
}

/** A pino level: what is at least this is a mistake of the hub's. */
const LEVEL_ERROR = 50;
/** The end that is meant for an alert that says it has passed too many hubs. */
const LOOP = '"detail":"loop: the alert has passed 8 hubs';
/** Where an alert comes from that the hub raises about itself. */
const OF_THE_HUB = '"input":"hub"';
/** Of a full history the newest may go at once where few have their priority, and could not be read back. */
const QUEUE = { bytesMax: '128MiB', historyMax: '100MiB' };

export async function openFuzzedHub(lifetime: Lifetime): Promise<FuzzedHub> {
  const destination = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  lifetime.after(() => destination.close().closeAllConnections());
  await once(destination, 'listening');
  const { port } = destination.address() as AddressInfo;
  const hub = await startHub(lifetime, {
    outputs: { sink: { type: 'webhook', url: `http://127.0.0.1:${port}/` } },
    ingest: { http: { bodyBytesMax: '64KiB', batchBytesMax: '256KiB' }, grpc: {} },
    queue: QUEUE,
  });
  return { hub, ...watch(hub) };
}

function watch(hub: HubProcess): Omit<FuzzedHub, 'hub'> {
  const control = createControlClient(controlSocketPath(hub.queueDirectory), 'fuzz');
  let seen = new Set<string>();
  let sinceMs = 0;
  let readTo = 0;
  return {
    async newAlerts() {
      const all = await control.alerts({ sinceMs, limit: CALL_ROWS_MAX });
      const records = all.filter(({ ingest }) => !ingest.includes(OF_THE_HUB));
      const fresh = records.filter(({ uuid }) => !seen.has(uuid));
      // What came in the newest millisecond may have company yet.
      sinceMs = Math.max(sinceMs, ...records.map(({ receivedAtMs }) => receivedAtMs));
      seen = new Set(records.filter((one) => one.receivedAtMs >= sinceMs).map(({ uuid }) => uuid));
      return fresh.map(({ json }) => json);
    },
    async assertSound() {
      if (!(await answers(hub))) {
        await hub.kill();
        const said = hub.stderr().slice(-1500);
        await hub.start();
        assert.fail(`the hub ended: ${said}`);
      }
      const lines = hub.stderr().slice(readTo).split('\n');
      readTo = hub.stderr().length;
      const bad = lines.find((line) => isError(line) && !line.includes(LOOP));
      assert.equal(bad, undefined, `the hub logged: ${bad}`);
    },
    memoryBytes: () => residentBytes(hub.pid()),
  };
}

function isError(line: string): boolean {
  return Number(/^\{"level":(\d+)/.exec(line)?.[1]) >= LEVEL_ERROR;
}

async function answers(hub: HubProcess): Promise<boolean> {
  try {
    const { status } = await fetch(`${hub.origin()}/ping`);
    return status === 200;
  } catch {
    return false;
  }
}

/** 0 where there is no /proc. */
function residentBytes(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
