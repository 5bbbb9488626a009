import type { Readable, Writable } from 'node:stream';
import type { Screen } from './screen.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where text for people goes: a terminal, a pipe or a file. */
export type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What the command line needs of the process around it. */
export interface CliDeps {
  /** Runs the hub until it is told to end; resolves with the exit code. */
  serve(options: {
    readonly configFile?: string;
    readonly pidFile?: string;
    /** Settings, by dotted path: `queue.directory`. */
    readonly flags: Readonly<Record<string, string>>;
  }): Promise<number>;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly stdin: Readable;
  readonly env: Environment;
  readonly version: string;
}

/** What every command is given. */
export interface Context {
  readonly deps: CliDeps;
  readonly screen: Screen;
  /** Print JSON for scripts instead of text for people. */
  readonly json: boolean;
  readonly configFile: string | undefined;
  readonly queueDirectory: string | undefined;
  /** When the command began, in ms since 1970. */
  readonly nowMs: number;
}
