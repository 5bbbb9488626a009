import type { LoadedConfig, LoadResult } from '../../../config/load.ts';
import type { Problem } from '../../../config/problem.ts';
import { load, problemLines } from '../config.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import type { Screen } from '../screen.ts';

/** Checks a configuration without starting anything. */
export async function check(
  context: Context,
  [file]: readonly string[],
  { strict = false }: { readonly strict?: boolean },
): Promise<number> {
  const { screen } = context;
  const result = await load(context, file);
  const problems = problemsOf(result);
  const isFine = result.ok && (problems.length === 0 || !strict);
  if (context.json) screen.json({ ok: isFine, ...summaryOf(result), problems });
  else {
    printProblems(screen, problems);
    if (result.ok) printSummary(screen, result);
    else screen.line({ text: 'The hub would not start with this configuration.', style: 'red' });
    if (result.ok && !isFine) screen.note('--strict: all of these count as mistakes.');
  }
  return isFine ? EXIT.ok : EXIT.failed;
}

/** In Falcosidekick's form an output with a mistake is off, and the hub starts all the same. */
function problemsOf(result: LoadResult): readonly Problem[] {
  if (!result.ok) return result.problems;
  return [...result.warnings, ...result.misconfigured.flatMap(({ problems }) => problems)];
}

function printProblems(screen: Screen, problems: readonly Problem[]): void {
  for (const problem of problems) {
    const [head = '', ...hints] = problemLines(problem);
    screen.line({ text: head, style: problem.severity === 'error' ? 'red' : 'yellow' });
    for (const hint of hints) screen.line(hint);
  }
}

interface Summary {
  readonly kind?: LoadedConfig['origin'];
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  readonly routes: number;
  readonly misconfigured: readonly string[];
  readonly unavailable: readonly string[];
  readonly differences: readonly string[];
}

function summaryOf(result: LoadResult): Summary {
  if (!result.ok) {
    return { outputs: [], routes: 0, misconfigured: [], unavailable: [], differences: [] };
  }
  return {
    kind: result.origin,
    outputs: result.outputs.map(({ name, definition }) => ({ name, type: definition.id })),
    routes: result.config.routes.length,
    misconfigured: result.misconfigured.map(({ name }) => name),
    unavailable: result.unavailable.map(({ name }) => name),
    // Who has configured nothing does not come from Falcosidekick.
    differences: result.origin === 'default' ? [] : result.differences,
  };
}

const KINDS: Readonly<Record<LoadedConfig['origin'], string>> = {
  native: "Tocsin's own form",
  falcosidekick: "Falcosidekick's form",
  environment: "Falcosidekick's variables, no file",
  default: 'no configuration: the defaults',
};

const INDENT = 15;

function printSummary(screen: Screen, loaded: LoadedConfig): void {
  const { outputs, routes, misconfigured, unavailable, differences } = summaryOf(loaded);
  const names = outputs.map(({ name, type }) => (name === type ? name : `${name} (${type})`));
  const say = (name: string, text: string): void => screen.paragraph(text, INDENT, name);
  say('configuration', KINDS[loaded.origin]);
  say('outputs', names.length === 0 ? 'none' : `${names.length}: ${names.join(', ')}`);
  if (misconfigured.length > 0) say('misconfigured', misconfigured.join(', '));
  if (unavailable.length > 0) say('not available', unavailable.join(', '));
  say('routes', routes === 0 ? 'none: every output gets every alert it wants' : String(routes));
  say('warnings', String(loaded.warnings.length));
  if (differences.length === 0) return;
  screen.line();
  screen.line({ text: "What changes when Tocsin takes Falcosidekick's place:", style: 'bold' });
  for (const difference of differences) screen.paragraph(difference, 2, '-');
}
