import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { suite, test } from 'node:test';
import { run } from '../../test/support/command-line.ts';
import {
  createMemoryControl,
  serveControl,
  temporaryDirectory,
} from '../../test/support/memory-control.ts';
import { runCli } from './cli.ts';
import { COMMANDS } from './commands.ts';
import { README_URL, readme } from './readme.ts';

suite('serve', () => {
  const cases: readonly [argv: readonly string[], served: object][] = [
    [[], { flags: {} }],
    [['serve'], { flags: {} }],
    [['-c', 'config.yaml'], { configFile: 'config.yaml', flags: {} }],
    [['-cconfig.yaml'], { configFile: 'config.yaml', flags: {} }],
    [['--config-file=config.yaml'], { configFile: 'config.yaml', flags: {} }],
    [['--config-file', 'config.yaml'], { configFile: 'config.yaml', flags: {} }],
    [['--config', 'config.yaml'], { configFile: 'config.yaml', flags: {} }],
    [['serve', '-c', 'c', '--pid-file', 'p'], { configFile: 'c', pidFile: 'p', flags: {} }],
    [['--pid-file=p', '-c', 'c'], { configFile: 'c', pidFile: 'p', flags: {} }],
    [['--queue-directory', '/q'], { flags: { 'queue.directory': '/q' } }],
  ];
  for (const [argv, served] of cases) {
    test(`is what \`tocsin ${argv.join(' ')}\` means`, async () => {
      assert.deepEqual(await run(argv), { exitCode: 0, stdout: '', stderr: '', served: [served] });
    });
  }

  test('takes the configuration that the environment names, if nothing else does', async () => {
    const env = { TOCSIN_CONFIG: 'e' };
    assert.equal((await run([], { env })).served[0]?.configFile, 'e');
    assert.equal((await run(['-c', 'c'], { env })).served[0]?.configFile, 'c');
    assert.deepEqual((await run([], { env: { TOCSIN_CONFIG: '' } })).served, [{ flags: {} }]);
  });

  test('loads neither the configuration nor what other commands need', () => {
    const script = `
      import { registerHooks } from 'node:module';
      const urls = [];
      registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
      const { runCli } = await import(${JSON.stringify(new URL('cli.ts', import.meta.url).href)});
      const { stdout, stderr, stdin, env } = process;
      const serve = async () => { stdout.write(urls.join('\\n')); return 0; };
      await runCli(['-c', 'x'], { serve, stdout, stderr, stdin, env, version: '1' });`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    assert.match(stdout, /src\/cli\/program\.ts/);
    assert.doesNotMatch(stdout, /undici|typebox|\/yaml\/|\/config\/|cli\/commands\/|src\/output\//);
  });
});

suite('what the program says of itself', () => {
  test('is its version, and what it runs on', async () => {
    for (const option of ['-v', '--version']) {
      const { exitCode, stdout, served } = await run([option]);
      assert.equal(exitCode, 0);
      assert.match(stdout, /^Tocsin 1\.2\.3\nNode +v24\.\d+\.\d+\nPlatform \w+\/\w+\n$/);
      assert.deepEqual(served, []);
    }
  });

  test('is its commands and exit codes, on --help', async () => {
    for (const argv of [['--help'], ['-h'], ['help'], ['-c', 'x', '--help']]) {
      const { exitCode, stdout, served } = await run(argv);
      assert.equal(exitCode, 0);
      assert.match(stdout, /Usage: tocsin/);
      assert.match(stdout, /3 {2}no running hub answers/);
      assert.deepEqual(served, []);
    }
  });

  for (const { name, summary, arguments: args = {}, options = {} } of COMMANDS) {
    test(`is how to use \`${name}\`, within the terminal`, async () => {
      const { exitCode, stdout, stderr } = await run([...name.split(' '), '--help'], {
        columns: 80,
      });
      assert.equal(exitCode, 0);
      assert.equal(stderr, '');
      const text = stdout.replaceAll(/\s+/g, ' ');
      for (const part of [summary, '--json', '--queue-directory', ...Object.keys(options)]) {
        assert.ok(text.includes(part), part);
      }
      assert.ok(text.includes(`tocsin ${name} [options] ${Object.keys(args).join(' ')}`.trim()));
      assert.ok(stdout.split('\n').every((line) => line.length <= 80));
    });
  }

  test('is the README, and it is up to date', () => {
    const now = readFileSync(README_URL, 'utf8');
    assert.equal(now, readme(), 'run: node src/cli/readme.ts');
  });
});

suite('a command line that is not understood', () => {
  const cases: readonly [argv: readonly string[], says: RegExp][] = [
    [['alrets', '--since', '1h'], /unknown command 'alrets'\n\(Did you mean alerts\?\)/],
    [['al\u001b[2J'], /unknown command 'al\\x1b\[2J'/],
    [['dead', 'lst'], /unknown command 'lst'\n\(Did you mean list\?\)/],
    [['dead'], /Usage: tocsin dead/],
    [['alerts', '--sinse', '1h'], /unknown option '--sinse'\n\(Did you mean --since\?\)/],
    [['--config-fiel', 'x'], /unknown option '--config-fiel'/],
    [['-c'], /option '-c, --config <file>' argument missing/],
    [['why'], /missing required argument 'uuid'/],
    [['why', 'a', 'b'], /too many arguments/],
    [['why', 'a'], /"a" is no uuid.*tocsin alerts/],
    [['alerts', '--since', 'x'], /--since: "x" is no time/],
    [['alerts', '--state', 'ded'], /did you mean dead\?/],
    [['alerts', '--state', 'zzzzzzz'], /one of waiting, delivered/],
    [['alerts', '--limit', '1001'], /from 1 to 1000/],
    [['dead', 'show', 'x'], /"x" is no number/],
    [['dead', 'replay'], /say which/],
    [['dead', 'replay', '1', '--all'], /say which/],
    [['dead', 'drop', '--output', 'x', '--all'], /say which/],
    [['drain', '--timeout', 'soon'], /--timeout/],
    [['drain', '--to', 'ftp://hub'], /--to: write the URL/],
    [['send', '--url', 'hub:2801'], /--url: write the URL/],
    [['send', '--batch', '0'], /--batch/],
    [['send', '--token', 'a', '--token-file', 'b'], /not both/],
  ];
  for (const [argv, says] of cases) {
    test(`exits with 2 and says why: ${JSON.stringify(argv)}`, async () => {
      const { exitCode, stdout, stderr, served } = await run(argv);
      assert.equal(exitCode, 2);
      assert.match(stderr, says);
      assert.equal(stdout, '');
      assert.deepEqual(served, []);
    });
  }
});

test('a reader that has seen enough is no failure', async () => {
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('closed'), { code: 'EPIPE' })),
  });
  const stderr = new Writable({ write: () => assert.fail('nothing is wrong') });
  const deps = { stdout, stderr, stdin: Readable.from([]), env: {}, version: '1.2.3' };
  assert.equal(await runCli(['--help'], { ...deps, serve: async () => 1 }), 0);
  assert.ok(stdout.errored);
});

suite('the running hub', () => {
  const asks = [
    ['alerts'],
    ['why', '0198f0c2-5d2e-7cc0-a1f2-000000000001'],
    ['queue', 'status'],
    ['queue', 'check'],
    ['outputs', 'list'],
    ['outputs', 'test', 'x'],
    ['outputs', 'drop', 'x'],
    ['dead', 'list'],
    ['dead', 'show', '1'],
    ['dead', 'replay', '--all'],
    ['dead', 'drop', '1'],
    ['drain'],
    ['reload'],
  ];
  for (const argv of asks) {
    test(`that is not there is exit code 3, with where it was sought: ${argv.join(' ')}`, async (t) => {
      const directory = temporaryDirectory(t);
      const { exitCode, stdout, stderr } = await run([...argv, '--queue-directory', directory]);
      assert.equal(exitCode, 3);
      assert.equal(stdout, '');
      assert.ok(stderr.includes(join(directory, 'control.sock')));
      assert.match(stderr, /tocsin serve.*\n.*--queue-directory/);
    });
  }

  test('is found by option, then variable, then configuration', async (t) => {
    const start = async (pid: number): Promise<string> => {
      const status = { ...(await createMemoryControl().status()), pid };
      const control = createMemoryControl({ status: async () => status });
      return (await serveControl(t, control)).directory;
    };
    const [first, second, third] = [await start(1), await start(2), await start(3)];
    const configFile = join(temporaryDirectory(t), 'tocsin.yaml');
    // The mistake is the hub's business, not that of a question to it.
    writeFileSync(configFile, `queue: { directory: ${third} }\nlog: { levl: 1 }\n`);
    const env = { TOCSIN_QUEUE_DIRECTORY: second };
    assert.equal(await pidAt(['--queue-directory', first, '-c', configFile], env), 1);
    assert.equal(await pidAt(['-c', configFile], env), 2);
    assert.equal(await pidAt(['-c', configFile]), 3);
    assert.equal(await pidAt([], { TOCSIN_CONFIG: configFile }), 3);
  });

  test('cannot be found by a configuration that cannot be read', async (t) => {
    const file = join(temporaryDirectory(t), 'nothing.yaml');
    const { exitCode, stderr } = await run(['queue', 'status', '-c', file]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /file_unreadable.*\nGive --queue-directory/);
  });

  test('whose directory has too long a name is told as such', async (t) => {
    const directory = join(temporaryDirectory(t), 'x'.repeat(100));
    mkdirSync(directory);
    const { exitCode, stderr } = await run(['queue', 'status', '--queue-directory', directory]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /socket_path_too_long.*shorter queue\.directory/);
  });

  test('that fails is exit code 1 with its code, safe to print', async (t) => {
    const control = createMemoryControl({
      status: () => Promise.reject(new Error('planted')),
    });
    const { directory } = await serveControl(t, control);
    const { exitCode, stderr } = await run(['queue', 'status', '--queue-directory', directory]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /error \[internal\]/);
    assert.doesNotMatch(stderr, /planted/);
  });
});

async function pidAt(argv: readonly string[], env = {}): Promise<unknown> {
  const { stdout } = await run(['queue', 'status', '--json', ...argv], { env });
  return (JSON.parse(stdout) as { pid: number }).pid;
}
