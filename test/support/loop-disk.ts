import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lifetime } from './hub-process.ts';

/**
 * A disk of its own: ext4 in a file, through a loop device. What the file has at some moment is what
 * was written out until then: the rest is in the memory that a power loss takes.
 */
export interface LoopDisk {
  /** Where it is mounted. */
  readonly point: string;
  /** Remembers what would be on the disk if the power failed now. */
  remember(): void;
  /** Goes back to what was remembered; nobody may have files open there. */
  losePower(): void;
  /** Errors of the device have ext4 refuse every further write. */
  abort(): void;
  /** Takes the disk off and puts it in again, as somebody does who repairs it. */
  repair(): void;
}

const SIZE_MIB = 96;

/** Why there can be none here; undefined: there can. */
export function whyNoLoopDisk(): string | undefined {
  const endings: (() => void)[] = [];
  try {
    createLoopDisk({ after: (end) => void endings.push(end as () => void) });
    return undefined;
  } catch {
    return 'needs root, loop devices and mkfs.ext4';
  } finally {
    for (const end of endings.toReversed()) end();
  }
}

export function createLoopDisk(lifetime: Lifetime): LoopDisk {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-loop-'));
  const image = join(directory, 'image');
  const point = join(directory, 'disk');
  // The journal is written out by a sync only, not every five seconds.
  const mount = (): void => run('mount', '-o', 'loop,commit=600', image, point);
  const unmount = (): void => run('umount', point);
  lifetime.after(() => {
    spawnSync('umount', ['-l', point]);
    rmSync(directory, { recursive: true, force: true });
  });
  mkdirSync(point);
  writeFileSync(image, '');
  truncateSync(image, SIZE_MIB * 1024 * 1024);
  run('mkfs.ext4', '-q', '-F', image);
  mount();
  return {
    point,
    remember: () => copyFileSync(image, `${image}.remembered`),
    losePower() {
      unmount();
      renameSync(`${image}.remembered`, image);
      mount();
    },
    abort: () => run('mount', '-o', 'remount,abort', point),
    repair() {
      unmount();
      run('e2fsck', '-p', image);
      mount();
    },
  };
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args);
  // e2fsck says 1 where it has corrected something.
  const isGood = status === 0 || (command === 'e2fsck' && status === 1);
  if (!isGood) throw new Error(`${command} failed: ${String(stderr)}`);
}
