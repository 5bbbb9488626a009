import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Durability, defaultBytesMax, durabilityOf } from './durability.ts';

const CONTAINER = [
  '1 0 0:50 / / rw,relatime - overlay overlay rw,lowerdir=/x',
  '2 1 0:51 / /dev/shm rw - tmpfs shm rw',
  '3 1 8:1 /var/lib/kubelet/pods/u/volumes/kubernetes.io~empty-dir/q /scratch rw - ext4 /dev/sda1 rw',
  '4 1 8:16 / /var/lib/tocsin rw - ext4 /dev/sdb rw',
  '5 1 0:60 / /nfs\\040share rw - nfs4 server:/x rw',
].join('\n');

const MACHINE = [
  '1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
  '2 1 0:30 / /run rw - tmpfs tmpfs rw',
  '3 1 8:2 / /var rw - xfs /dev/sda2 rw',
].join('\n');

const cases: [string, string, string, Durability][] = [
  ["the container's own disk", CONTAINER, '/app/queue', 'container'],
  ['an emptyDir', CONTAINER, '/scratch/queue', 'container'],
  ['a volume', CONTAINER, '/var/lib/tocsin', 'volume'],
  ['below a volume', CONTAINER, '/var/lib/tocsin/a/b', 'volume'],
  ['beside a volume, with the same beginning', CONTAINER, '/var/lib/tocsin2', 'container'],
  ['a network file system, with a space in its path', CONTAINER, '/nfs share/q', 'volume'],
  ['memory', CONTAINER, '/dev/shm/q', 'memory'],
  ['a machine', MACHINE, '/var/lib/tocsin', 'node'],
  ['memory of a machine', MACHINE, '/run/q', 'memory'],
];

for (const [name, mounts, path, expected] of cases) {
  test(`${name} is ${expected}`, () => {
    assert.equal(
      durabilityOf(path, () => mounts),
      expected,
    );
  });
}

test('where the mounts cannot be read it is the node', () => {
  assert.equal(durabilityOf('/x', unreadable), 'node');
});

test('a directory that dies with the container gets a small queue', () => {
  assert.equal(defaultBytesMax('container'), 256 * 1024 ** 2);
  assert.equal(defaultBytesMax('volume'), 2 * 1024 ** 3);
});

function unreadable(): string {
  throw new Error('no /proc');
}
