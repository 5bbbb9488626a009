import { rmSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig, type LoadedConfig, type LoadResult } from '../../config/load.ts';
import { formatProblem } from '../../config/problem.ts';
import { type Watch, watchFiles } from '../../config/watch.ts';
import { createLog, type Logger } from '../observe/log.ts';
import { Redactor } from '../observe/redact.ts';
import type { ControlServer } from '../api/server.ts';
import { openControl } from './control.ts';
import { Hub } from './hub.ts';
import { keepTickObject } from './tick-object.ts';

export interface ServeOptions {
  readonly configFile?: string;
  readonly pidFile?: string;
  /** Settings from the command line, by dotted path. */
  readonly flags: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

/** Runs the hub until a signal ends it. Returns the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  keepTickObject();
  const loaded = await load(options);
  if (!loaded.ok) {
    for (const problem of loaded.problems) process.stderr.write(`${formatProblem(problem)}\n`);
    process.stderr.write('The configuration is not understood; the hub does not start.\n');
    return 1;
  }
  const redactor = new Redactor();
  redactor.add(loaded.secrets);
  const log = createLog(loaded.config.log, redactor.redact);
  tellWarnings(loaded, log);
  return new Serving(options, loaded, redactor, log).run();
}

function load(options: ServeOptions): Promise<LoadResult> {
  const { configFile: file, environment, flags } = options;
  const baseDirectory = file === undefined ? process.cwd() : dirname(resolve(file));
  return loadConfig({ file, env: environment, flags, baseDirectory });
}

function nothing(): readonly string[] {
  return [];
}

function tellWarnings(loaded: LoadedConfig, log: Logger): void {
  for (const problem of loaded.warnings) log.warn({ code: problem.code }, formatProblem(problem));
  for (const { name, problems } of loaded.misconfigured) {
    const texts = problems.map(formatProblem);
    log.error({ output: name, problems: texts }, 'An output is misconfigured and does not run.');
  }
  for (const { name } of loaded.unavailable) {
    log.warn({ output: name }, 'An output is enabled, but not available in this version.');
  }
}

const FLUSH_CACHE_MS = 2000;
/** A stop waits so long for a start or a reload that is under way: both take less, as a rule. */
const SETTLE_MS_MAX = 2000;

/** One run of the program: the hub, its signals and its files. */
class Serving {
  readonly #options: ServeOptions;
  readonly #redactor: Redactor;
  readonly #log: Logger;
  readonly #hub: Hub;
  #watch: Watch | undefined;
  #watched: readonly string[] = [];
  #control: ControlServer | undefined;
  #reloading: Promise<readonly string[]> = Promise.resolve([]);
  #ended: (code: number) => void = () => undefined;
  #stopping = false;

  constructor(options: ServeOptions, loaded: LoadedConfig, redactor: Redactor, log: Logger) {
    this.#options = options;
    this.#redactor = redactor;
    this.#log = log;
    this.#hub = new Hub(loaded, {
      log,
      redactor,
      version: options.version,
      environment: options.environment,
      onFatal: (error) => this.#die(error),
    });
  }

  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#ended = resolve;
    });
    this.#listenToSignals();
    const starting = this.#hub.start();
    // What changes while the hub starts is loaded when it has.
    this.#reloading = starting.then(nothing, nothing);
    this.#watchFiles(this.#hub.loaded.files);
    try {
      await starting;
    } catch (error) {
      this.#log.fatal({ error: (error as Error).message }, 'The hub cannot start.');
      return 1;
    }
    const { pidFile } = this.#options;
    if (pidFile !== undefined) writeFileSync(pidFile, `${process.pid}\n`);
    // Kept even if the process is killed: the next start, after a crash most of all, is the faster.
    setTimeout(flushCompileCache, FLUSH_CACHE_MS).unref();
    this.#control = await openControl(this.#hub, () => this.reload());
    const exitCode = await ended;
    if (pidFile !== undefined) rmSync(pidFile, { force: true });
    return exitCode;
  }

  /** Loads the configuration again; what is wrong with it is returned, and the old one stays. */
  reload(): Promise<readonly string[]> {
    this.#reloading = this.#reloading.then(() =>
      this.#stopping ? ['The hub is stopping.'] : this.#reloadNow(),
    );
    return this.#reloading;
  }

  async #reloadNow(): Promise<readonly string[]> {
    // It looks before the files are read: what changes while they are loaded is loaded after that.
    await this.#watchFiles(this.#watched).looked;
    const loaded = await load(this.#options);
    this.#watchOthers(loaded.files);
    this.#redactor.add(loaded.ok ? loaded.secrets : []);
    if (!loaded.ok) return this.#refuse(loaded.problems.map(formatProblem));
    try {
      const restart = await this.#hub.reload(loaded);
      this.#log.level = loaded.config.log.level;
      tellWarnings(loaded, this.#log);
      if (restart.length > 0) {
        this.#log.warn({ settings: restart }, 'These settings take effect at the next start.');
      }
      this.#hub.metrics.reloads.inc({ result: 'ok' });
      this.#log.info({}, 'The configuration is reloaded.');
      return [];
    } catch (error) {
      return this.#refuse([(error as Error).message]);
    }
  }

  #refuse(problems: readonly string[]): readonly string[] {
    this.#hub.metrics.reloads.inc({ result: 'refused' });
    this.#log.error({ problems }, 'The configuration is refused; the old one stays in force.');
    this.#hub.own.raise({
      rule: 'Tocsin: configuration refused',
      priority: 'error',
      text: 'A changed configuration was refused; the old one stays in force. See: tocsin check',
    });
    return problems;
  }

  #watchFiles(files: readonly string[]): Watch {
    this.#watch?.close();
    this.#watched = files;
    this.#watch = watchFiles(files, () => void this.reload());
    return this.#watch;
  }

  /** Where a configuration names other files than the last one did. */
  #watchOthers(files: readonly string[]): void {
    if (new Set(files).symmetricDifference(new Set(this.#watched)).size > 0)
      this.#watchFiles(files);
  }

  #listenToSignals(): void {
    process.on('SIGHUP', () => void this.reload());
    // Falco's users send it to rotate files; the file output notices a moved file by itself.
    process.on('SIGUSR1', () => this.#log.info({}, 'SIGUSR1: files are reopened when they moved.'));
    process.on('SIGTERM', () => void this.#stop('SIGTERM'));
    process.on('SIGINT', () => void this.#stop('SIGINT'));
    process.on('unhandledRejection', (error) => this.#die(error as Error));
    process.on('uncaughtException', (error) => this.#die(error));
  }

  /** A second signal does not wait. */
  async #stop(signal: 'SIGTERM' | 'SIGINT'): Promise<void> {
    if (this.#stopping) {
      this.#ended(1);
      return;
    }
    this.#stopping = true;
    const { lameDuck, grace } = this.#hub.loaded.config.shutdown;
    this.#log.info({ signal, graceMs: grace }, 'Stopping.');
    this.#watch?.close();
    await this.#control?.close();
    const settleMs = Math.min(SETTLE_MS_MAX, grace / 2);
    const beganMs = performance.now();
    await Promise.race([this.#reloading, sleep(settleMs, undefined, { ref: false })]);
    const leftMs = grace - (performance.now() - beganMs);
    try {
      // Nobody balances load over a hub in somebody's terminal.
      await this.#hub.stop(signal === 'SIGINT' ? 0 : lameDuck, leftMs);
      this.#ended(0);
    } catch (error) {
      this.#log.error({ error: (error as Error).message }, 'The hub did not stop cleanly.');
      this.#ended(1);
    }
  }

  /** Alerts that were answered are on disk: ending and starting again is safe, going on is not. */
  #die(error: Error): void {
    this.#log.fatal({ error: error.stack ?? error.message }, 'The hub cannot go on.');
    this.#ended(1);
  }
}
