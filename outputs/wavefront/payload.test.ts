import assert from 'node:assert/strict';
import test from 'node:test';
import { alertWith } from '../../test/contract/alerts.ts';
import { lineOf, pointsOf, tagsOf } from './payload.ts';

test('a point says how many alerts had its tags in its second', () => {
  const tags = tagsOf({ tagFields: ['user.name', 'proc.tty'] }, alertWith({ rule: 'a "b" \\' }));
  const points = pointsOf([1, 1, 2].map((seconds) => ({ tags, seconds })));
  assert.deepEqual(
    points.map((point) => lineOf({ metric: 'm', source: 's' }, point)),
    [
      [2, 1],
      [1, 2],
    ].map(
      ([count, seconds]) =>
        `"m" ${count} ${seconds} source="s" "severity"="Warning" "rule"="a \\"b\\" /" "source"="syscall" "hostname"="gpu-node-1" "tags"="T1555, container, filesystem" "user.name"="jenkins"\n`,
    ),
  );
});

test('a point has 20 tags at most, each as long as Wavefront takes', () => {
  const fields = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`f ${n}`, 'x'.repeat(999)]),
  );
  const tags = Object.entries(tagsOf({ tagFields: ['*'] }, alertWith({ fields })));
  assert.equal(tags.length, 20);
  for (const [name, text] of tags) assert.ok(name.length + text.length <= 254);
});
