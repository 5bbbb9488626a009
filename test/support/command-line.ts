import { Readable, Writable } from 'node:stream';
import { type CliDeps, runCli } from '../../src/cli/cli.ts';

/** Runs the command line in this process and keeps what it prints. */

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What `serve` was called with. */
  readonly served: readonly Parameters<CliDeps['serve']>[0][];
}

export interface Surroundings {
  readonly env?: CliDeps['env'];
  readonly stdin?: string | readonly Buffer[];
  /** Both outputs are terminals of this many columns. */
  readonly columns?: number;
}

export async function run(
  argv: readonly string[],
  { env = {}, stdin = '', columns }: Surroundings = {},
): Promise<Ran> {
  const served: Parameters<CliDeps['serve']>[0][] = [];
  const stdout = createTerminal(columns);
  const stderr = createTerminal(columns);
  const exitCode = await runCli(argv, {
    serve: (options) => {
      served.push(options);
      return Promise.resolve(0);
    },
    stdout,
    stderr,
    stdin: Readable.from(typeof stdin === 'string' ? [Buffer.from(stdin)] : stdin),
    env,
    version: '1.2.3',
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), served };
}

function createTerminal(columns: number | undefined) {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  return Object.assign(stream, terminal, { text: () => text });
}
