import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What a directory outlives: the metric's label and the word in the log. */
export type Durability = 'volume' | 'node' | 'container' | 'memory';

/** Queue size by default, and where the directory dies with the container. */
const BYTES_MAX = 2 * 1024 ** 3;
const BYTES_MAX_SHORT_LIVED = 256 * 1024 ** 2;

interface Mount {
  /** Path within its file system. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
}

/**
 * Finds out what a directory lives on, from the kernel's list of mounts (proc_pid_mountinfo(5)).
 * Systems without it count as `node`.
 */
export function durabilityOf(
  directory: string,
  mountInfo: () => string = () => readFileSync('/proc/self/mountinfo', 'utf8'),
): Durability {
  let mounts: Mount[];
  try {
    mounts = mountInfo()
      .split('\n')
      .map(parseMount)
      .filter((mount) => mount !== undefined);
  } catch {
    return 'node';
  }
  const path = resolve(directory);
  const [mount] = mounts
    .filter(({ point }) => isBelow(path, point))
    .sort((a, b) => b.point.length - a.point.length);
  return mount === undefined ? 'node' : judge(mount, mounts);
}

function judge(mount: Mount, mounts: readonly Mount[]): Durability {
  const { type, root, point } = mount;
  if (type === 'tmpfs' || type === 'ramfs') return 'memory';
  // Kubernetes keeps an emptyDir under this name on the node and removes it with the pod.
  if (type === 'overlay' || root.includes('kubernetes.io~empty-dir')) return 'container';
  const isContainer = mounts.some((other) => other.point === '/' && other.type === 'overlay');
  return point === '/' || !isContainer ? 'node' : 'volume';
}

/** `36 35 98:0 /root /point options - type source options`, with octal escapes in paths. */
function parseMount(line: string): Mount | undefined {
  const [before, after] = line.split(' - ');
  const fields = before?.split(' ') ?? [];
  const type = after?.split(' ')[0];
  const [root, point] = [fields[3], fields[4]];
  if (root === undefined || point === undefined || type === undefined) return undefined;
  return { root: unescape(root), point: unescape(point), type };
}

function unescape(path: string): string {
  return path.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function isBelow(path: string, point: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`);
}

export function isShortLived(durability: Durability): boolean {
  return durability === 'container' || durability === 'memory';
}

export function defaultBytesMax(durability: Durability): number {
  return isShortLived(durability) ? BYTES_MAX_SHORT_LIVED : BYTES_MAX;
}
