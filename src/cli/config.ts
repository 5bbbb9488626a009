import { dirname, resolve } from 'node:path';
import { loadConfig, type LoadResult } from '../../config/load.ts';
import { formatProblem, type Problem } from '../../config/problem.ts';
import type { ConfigSource } from '../../config/read/raw.ts';
import type { Context } from './context.ts';

/** Configurations for commands that work without a running hub. */

/** Where `serve` would read this configuration from; `file` wins over what the context names. */
export function sourceOf({ configFile, deps }: Context, file = configFile): ConfigSource {
  const baseDirectory = file === undefined ? process.cwd() : dirname(resolve(file));
  return { file, env: deps.env, baseDirectory };
}

/** Loads and checks it as `serve` would. */
export function load(context: Context, file?: string): Promise<LoadResult> {
  const flags =
    context.queueDirectory === undefined ? {} : { 'queue.directory': context.queueDirectory };
  return loadConfig({ ...sourceOf(context, file), flags });
}

/** A problem as lines for a terminal. */
export function problemLines(problem: Problem): string[] {
  return formatProblem(problem).split('\n');
}
