import { migrate as translate } from '../../../config/migrate.ts';
import { problemLines, sourceOf } from '../config.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';

/** Prints the native form of a Falcosidekick configuration. */
export async function migrate(context: Context, [file]: readonly string[]): Promise<number> {
  const { deps, screen } = context;
  const result = await translate(sourceOf(context, file));
  if (context.json) {
    screen.json(result);
    return result.ok ? EXIT.ok : EXIT.failed;
  }
  for (const line of result.problems.flatMap(problemLines)) screen.note(line);
  if (!result.ok) return EXIT.failed;
  // As it is, because it is a file: the YAML writer has escaped what is no text.
  deps.stdout.write(result.yaml);
  return EXIT.ok;
}
