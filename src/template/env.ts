import type { RE2JS } from 're2js';
import type { Budget } from './limits.ts';

/** What a function may use besides its arguments. */
export interface Env {
  readonly budget: Budget;
  readonly patterns: Patterns;
}

/** Compiled patterns of one template, kept between executions. */
export type Patterns = Map<string, RE2JS>;

export interface TemplateFunction {
  /** How many arguments it takes. */
  readonly min: number;
  readonly max: number;
  call(env: Env, args: readonly unknown[]): unknown;
}
