import { positionAt, TemplateError } from './errors.ts';
import { execute } from './execute.ts';
import { DEFAULT_LIMITS, type TemplateLimits } from './limits.ts';
import { parse } from './parser.ts';

export interface Template {
  /** The text it makes of `data`. Throws `TemplateError`, whatever the data. */
  execute(data: unknown): string;
}

export interface TemplateOptions {
  readonly limits?: Partial<TemplateLimits>;
}

/**
 * Compiles Go's `text/template` (pkg.go.dev/text/template) into an interpreter over data: no code
 * is generated, only own properties of plain objects are seen. Throws `TemplateError` with the code
 * `template_syntax`, or `template_limit` for a source that is too long.
 */
export function compileTemplate(source: string, options: TemplateOptions = {}): Template {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  if (source.length > limits.sourceLengthMax) {
    const problem = `a template may have ${limits.sourceLengthMax} characters; shorten it`;
    throw new TemplateError('template_limit', problem, positionAt('', 0));
  }
  const program = { source, parsed: parse(source, limits.depthMax), limits, patterns: new Map() };
  return { execute: (data) => execute(program, data) };
}

export { alertTemplateData } from './alert-data.ts';
export { TemplateError } from './errors.ts';
export { goTime, goTimeText } from './go-time.ts';
export type { TemplateLimits } from './limits.ts';
export { struct } from './value.ts';
