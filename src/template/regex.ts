import { RE2JS } from 're2js';
import type { Env, Patterns } from './env.ts';
import { Failure } from './errors.ts';
import { type Budget, createWriter } from './limits.ts';
import { ownValue } from './value.ts';

/** A pattern can come from the data, so neither the cache nor one of its patterns may grow. */
const PATTERNS_MAX = 64;
const PATTERN_LENGTH_MAX = 1000;

/** Whether RE2 finds `pattern` anywhere in `text`. */
export function matches({ budget, patterns }: Env, pattern: string, text: string): boolean {
  const compiled = compile(budget, patterns, pattern);
  chargeSearch(budget, compiled, text.length);
  return compiled.test(text);
}

/**
 * Replaces what `pattern` finds, as Go's `Regexp.ReplaceAllString` does: `$1`, `${1}` and
 * `${name}` are groups, `$$` is a dollar sign.
 */
export function replaceMatches(
  { budget, patterns }: Env,
  pattern: string,
  replacement: string,
  text: string,
): string {
  const compiled = compile(budget, patterns, pattern);
  const parts = replacement.split(REFERENCE);
  const matcher = compiled.matcher(text);
  const writer = createWriter(budget);
  let copied = -1;
  for (;;) {
    chargeSearch(budget, compiled, text.length - copied);
    if (!matcher.find()) {
      writer.write(text.slice(Math.max(copied, 0)));
      return writer.text();
    }
    // An empty match right behind another match is none, as in Go.
    if (matcher.end() > copied) {
      budget.charge(parts.length);
      writer.write(text.slice(Math.max(copied, 0), matcher.start()));
      parts.forEach((part, index) => {
        writer.write(index % 2 === 0 ? part : referencedText(compiled, matcher, part));
      });
      copied = matcher.end();
    }
  }
}

/** What `$$`, `$name` or `${name}` stands for; nothing when there is no such group. */
function referencedText(compiled: RE2JS, matcher: Groups, reference: string): string {
  if (reference === '$$') {
    return '$';
  }
  const name = reference.replaceAll(/[${}]/g, '');
  const number = /^\d{1,9}$/.test(name) ? Number(name) : ownValue(compiled.namedGroups(), name);
  const isGroup = typeof number === 'number' && number <= matcher.groupCount();
  return isGroup ? (matcher.group(number) ?? '') : '';
}

interface Groups {
  group(name: number): string | null;
  groupCount(): number;
}

/** A name takes all letters and digits that follow: `$1x` is the group `1x`. */
const REFERENCE = /(\$\$|\$[\p{L}\p{Nd}_]+|\$\{[\p{L}\p{Nd}_]+\})/u;

function compile(budget: Budget, patterns: Patterns, pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known !== undefined) {
    return known;
  }
  if (pattern.length > PATTERN_LENGTH_MAX) {
    const problem = `a pattern may have ${PATTERN_LENGTH_MAX} characters; shorten it`;
    throw new Failure(problem, 'template_limit');
  }
  const compiled = compileNew(pattern);
  budget.charge(compiled.programSize());
  if (patterns.size >= PATTERNS_MAX) {
    patterns.clear();
  }
  patterns.set(pattern, compiled);
  return compiled;
}

function compileNew(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch {
    throw new Failure(
      'the pattern is no RE2 regular expression; correct it (github.com/google/re2)',
    );
  }
}

/**
 * RE2 takes program × text at worst. Each search of a replacement may read the whole rest, so that
 * all of them together are quadratic: each pays in advance.
 */
function chargeSearch(budget: Budget, compiled: RE2JS, length: number): void {
  budget.charge(1 + Math.floor((compiled.programSize() * length) / STATES_PER_STEP));
}

const STATES_PER_STEP = 1024;
