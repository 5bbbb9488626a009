import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lifetime } from './hub-process.ts';

/** Disks of a few MiB, in memory: mounting one takes root, or a namespace in which one is root. */

/** Where a disk can be mounted: here, only by a process that `unshare -rm` starts, or not at all. */
export function whereToMount(): 'here' | 'unshared' | 'nowhere' {
  const point = mkdtempSync(join(tmpdir(), 'tocsin-mount-'));
  const mount = ['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', point] as const;
  try {
    if (run(...mount)) {
      run('umount', point);
      return 'here';
    }
    return run('unshare', '-rm', ...mount) ? 'unshared' : 'nowhere';
  } finally {
    rmSync(point, { recursive: true, force: true });
  }
}

/** A disk of so many MiB; unmounted when the test ends. */
export function mountDisk(lifetime: Lifetime, sizeMiB: number, options = 'rw'): string {
  const point = mkdtempSync(join(tmpdir(), 'tocsin-disk-'));
  if (!run('mount', '-t', 'tmpfs', '-o', `size=${sizeMiB}m,${options}`, 'tmpfs', point)) {
    throw new Error(`cannot mount ${point}`);
  }
  lifetime.after(() => {
    // Lazily: a process that was killed this moment may still have files there.
    run('umount', '-l', point);
    rmSync(point, { recursive: true, force: true });
  });
  return point;
}

/** Takes all the room there is; the result gives it back. */
export function fillDisk(directory: string): () => void {
  const path = join(directory, 'ballast');
  const file = openSync(path, 'w');
  for (let size = 1024 * 1024; size >= 512; size /= 2) {
    const chunk = Buffer.alloc(size);
    while (writes(file, chunk));
  }
  closeSync(file);
  return () => rmSync(path);
}

function writes(file: number, chunk: Buffer): boolean {
  try {
    return writeSync(file, chunk) === chunk.length;
  } catch {
    return false;
  }
}

function run(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
