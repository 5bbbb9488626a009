import { loadConfig } from '../../config/load.ts';
import { formatProblem } from '../../config/problem.ts';

/** The errors of a configuration, as `tocsin check` prints them. */
export async function errorsOf(text: string, env: Record<string, string> = {}): Promise<string> {
  const result = await loadConfig({ file: 'c.yaml', text, env, flags: {}, baseDirectory: '/' });
  if (result.ok) return '';
  const errors = result.problems.filter(({ severity }) => severity === 'error');
  return errors.map(formatProblem).join('\n');
}
