import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

/** The workflows for GitHub cannot run here; every step of theirs is a script that can. */

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly uses?: string;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const top = join(import.meta.dirname, '..');
const folder = join(top, '.github/workflows');
const read = (path: string): string => readFileSync(join(top, path), 'utf8');
const { scripts, version } = JSON.parse(read('package.json')) as {
  scripts: Readonly<Record<string, string>>;
  version: string;
};
const workflows = new Map(
  readdirSync(folder).map((name) => [name, parse(read(`.github/workflows/${name}`)) as Workflow]),
);

function jobsOf(name: string): readonly [string, Job][] {
  return Object.entries(workflows.get(name)?.jobs ?? {});
}

/** A major version at least, or a commit. */
const PINNED = /^[\w-]+\/[\w./-]+@(v\d+(\.\d+){0,2}|[0-9a-f]{40})$/;

for (const name of workflows.keys()) {
  const steps = jobsOf(name).flatMap(([, { steps = [] }]) => steps);

  test(`${name}: every action is pinned, every workflow it calls is there`, () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    assert.deepEqual(
      used.filter((uses) => !PINNED.test(uses)),
      [],
    );
    const called = jobsOf(name).flatMap(([, { uses }]) => uses ?? []);
    assert.deepEqual(
      called.filter((uses) => !existsSync(join(top, uses))),
      [],
    );
  });

  test(`${name}: every step is a script of ours, and takes nothing from outside into a shell`, () => {
    const lines = steps.flatMap(({ run }) => run?.trim().split('\n') ?? []);
    assert.deepEqual(
      lines.filter((line) => !isScript(line) || line.includes('${{')),
      [],
    );
  });

  test(`${name}: jobs end in time, and may read, but for what signs`, () => {
    assert.deepEqual(workflows.get(name)?.permissions, { contents: 'read' });
    for (const [job, { uses, permissions, ...rest }] of jobsOf(name)) {
      assert.ok(uses !== undefined || rest['timeout-minutes'] !== undefined, job);
      const { contents = 'read', 'id-token': _, ...others } = permissions ?? {};
      assert.deepEqual([contents, others], ['read', {}], job);
    }
  });
}

/** `npm install`, `npm run x` of package.json, or a file of .ci that can be run. */
function isScript(line: string): boolean {
  const [command = '', verb = '', name = ''] = line.split(' ');
  if (command !== 'npm') return command.startsWith('.ci/') && isExecutable(command);
  return verb === 'install' || (verb === 'run' && name in scripts);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(join(top, path), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

test('tests run on every Node and processor there is a build for', () => {
  const matrix = workflows.get('check.yml')?.jobs['test']?.strategy?.matrix;
  assert.deepEqual(matrix, {
    node: [24, 26],
    runner: ['ubuntu-24.04', 'ubuntu-24.04-arm'],
  });
});

test('nothing is published that was not checked', () => {
  const jobs = workflows.get('release.yml')?.jobs ?? {};
  for (const job of ['image', 'chart', 'npm', 'papers']) {
    const needed = jobs[job]?.needs ?? '';
    assert.ok(needed === 'check' || jobs[needed]?.needs === 'check', job);
  }
});

for (const script of readdirSync(join(top, '.ci'))) {
  test(`.ci/${script} is a script that bash understands`, () => {
    const { status, stderr } = spawnSync('bash', ['-n', join(top, '.ci', script)]);
    assert.equal(status, 0, stderr.toString());
  });
}

test('a tag that is not the version of program and chart is refused', () => {
  const check = (tag: string) => spawnSync(join(top, '.ci/version'), [tag], { encoding: 'utf8' });
  assert.equal(check(`v${version}`).stdout.trim(), version);
  const wrong = check('v0.0.0');
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /make them one/);
});

test('images are made for both processors, with and without a shell, and signed by their digest', () => {
  const printed = execFileSync(join(top, '.ci/publish-image'), [`v${version}`, '--dry-run'], {
    encoding: 'utf8',
    env: { ...process.env, IMAGE: 'registry.example.org/tocsin' },
  });
  const lines = printed.trim().split('\n');
  assert.equal(lines.length, 4);
  assert.match(lines[0] ?? '', /linux\/amd64,linux\/arm64 --provenance .* --sbom true/);
  assert.match(lines[2] ?? '', /tocsin:[\d.]+-shell .*RUNTIME=shell/);
  for (const line of [lines[1], lines[3]]) assert.match(line ?? '', /cosign sign .*@sha256:/);
});

test('the image that a chart names is of its own version', () => {
  const { appVersion, annotations } = parse(read('charts/tocsin/Chart.yaml')) as {
    readonly appVersion: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  const images = parse(annotations['artifacthub.io/images'] ?? '') as { readonly image: string }[];
  assert.deepEqual(
    images.map(({ image }) => image),
    [`tocsin:${appVersion}`],
  );
});
