import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lifetime } from './hub-process.ts';
import type { MachineState } from './machine-shim.ts';

/** A machine that misbehaves as it is told, as the hub on it sees it. */
export interface Machine {
  /** What the hub's Node must be started with. */
  readonly nodeFlags: readonly string[];
  /** From now on, within some 25 ms. */
  set(state: MachineState): void;
}

export function createMachine(lifetime: Lifetime): Machine {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-machine-'));
  lifetime.after(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'state.json');
  const shim = new URL('machine-shim.ts', import.meta.url);
  shim.searchParams.set('file', file);
  return {
    nodeFlags: ['--import', shim.href],
    set(state) {
      // In one step, or a half is read.
      writeFileSync(`${file}.next`, JSON.stringify(state));
      renameSync(`${file}.next`, file);
    },
  };
}
