import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lifetime } from '../support/hub-process.ts';
import { createControlGroup, type Limits } from './cgroup.ts';
import { readDockerfile } from './dockerfile.ts';

/**
 * The image without a container engine: the Dockerfile's last stage laid out in a folder, which is
 * the read-only root of a process with the user and the limits of a pod. Takes root on Linux.
 */

export interface ContainerOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly gid: number;
  readonly limits: Limits;
  /** A folder that is mounted where the queue is, as a volume of group 0. */
  readonly volume?: string;
}

export interface Container {
  /** What kept it within its limits. */
  readonly limitedBy: string;
  liftCpuLimit(): void;
  pid(): number;
  stderr(): string;
  /** Undefined while it runs; null: ended by a signal. */
  exitCode(): number | null | undefined;
  /** Runs a program in it, as `kubectl exec` and hooks do. Resolves to its exit code. */
  exec(command: readonly string[]): Promise<number | null>;
  stop(): Promise<number | null>;
}

/** Why there can be no container here; undefined: there can. */
export function whyNoContainer(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  const mount = spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
  return mount.status === 0 ? undefined : 'this machine allows no mount namespaces';
}

export async function buildImage(lifetime: Lifetime): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'tocsin-image-'));
  lifetime.after(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755);
  for (const { to } of readDockerfile().copies) mkdirSync(join(root, to), { recursive: true });
  for (const point of ['dev', 'etc', 'lib', 'lib64', 'nodejs/bin', 'proc', 'sys', 'usr']) {
    mkdirSync(join(root, point), { recursive: true });
  }
  const script = fileURLToPath(new URL('../../src/build.ts', import.meta.url));
  const build = spawn(process.execPath, [script, join(root, 'app')], { stdio: 'inherit' });
  const [code] = (await once(build, 'close')) as [number];
  if (code !== 0) throw new Error('the build failed');
  return root;
}

/** Mounts what distroless brings (libraries, certificates, Node), then becomes the program. */
const SETUP = `
set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
for place in lib lib64 usr etc; do
  [ -d "/$place" ] && mount --rbind "/$place" "$ROOT/$place"
done
mount --rbind /dev "$ROOT/dev"
# From here a process learns how much memory it may have.
mount --rbind /sys "$ROOT/sys"
mount -t proc proc "$ROOT/proc" || mount --rbind /proc "$ROOT/proc"
mount --bind "$(dirname "$NODE")" "$ROOT/nodejs/bin"
mount -o remount,bind,ro "$ROOT"
[ -z "$VOLUME" ] || mount --bind "$VOLUME" "$ROOT/var/lib/tocsin"
for file in $MEMBERS; do echo $$ > "$file"; done
exec unshare --root="$ROOT" --wd="$DIRECTORY" --setgid "$GID" --setuid "$UID_" env -i "$@"
`;

export function runContainer(
  lifetime: Lifetime,
  root: string,
  { environment, uid, gid, limits, volume }: ContainerOptions,
): Container {
  const { entrypoint, environment: own, workingDirectory } = readDockerfile();
  const group = createControlGroup(limits);
  const variables = Object.entries({ ...own, ...environment }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const child = spawn(
    'unshare',
    ['--mount', 'sh', '-c', SETUP, 'sh', ...variables, ...entrypoint],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        ROOT: root,
        NODE: process.execPath,
        VOLUME: volume ?? '',
        MEMBERS: group?.members.join(' ') ?? '',
        DIRECTORY: workingDirectory,
        UID_: String(uid),
        GID: String(gid),
      },
    },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = closing(child);
  lifetime.after(async () => {
    child.kill('SIGKILL');
    await closed;
    group?.remove();
  });
  return {
    limitedBy: group?.kind ?? 'nothing',
    liftCpuLimit: () => group?.liftCpuLimit(),
    pid: () => child.pid ?? 0,
    stderr: () => stderr,
    exitCode: () =>
      child.exitCode === null && child.signalCode === null ? undefined : child.exitCode,
    exec(command) {
      const inside = ['--target', String(child.pid), '--mount', '--root'];
      const who = ['--setgid', String(gid), '--setuid', String(uid)];
      return enter([...inside, ...who, 'env', '-i', ...variables, ...command], group?.members);
    },
    stop() {
      child.kill('SIGTERM');
      return closed;
    },
  };
}

const ENTER = `
set -e
for file in $MEMBERS; do echo $$ > "$file"; done
exec nsenter "$@"
`;

/** Runs a program where another one runs, within the same limits. */
function enter(args: readonly string[], members: readonly string[] = []): Promise<number | null> {
  const env = { PATH: process.env['PATH'], MEMBERS: members.join(' ') };
  return closing(spawn('sh', ['-c', ENTER, 'sh', ...args], { stdio: 'ignore', env }));
}

async function closing(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
