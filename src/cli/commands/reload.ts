import type { Context } from '../context.ts';
import { EXIT } from '../exit.ts';
import { findHub } from '../hub.ts';

/** Has the hub load its configuration again. */
export async function reload(context: Context): Promise<number> {
  const { screen } = context;
  const { control } = await findHub(context);
  const result = await control.reload();
  if (context.json) screen.json(result);
  else {
    for (const line of result.problems.flatMap((problem) => problem.split('\n'))) screen.line(line);
    if (result.reloaded) screen.line('the new configuration is in force');
    else screen.note('The configuration is refused; the old one stays in force.');
  }
  return result.reloaded ? EXIT.ok : EXIT.failed;
}
