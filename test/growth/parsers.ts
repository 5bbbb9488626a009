import { documents } from './documents.ts';
import { languages } from './languages.ts';
import { lines } from './lines.ts';
import type { Parser } from './parser.ts';

/** All that reads what strangers write. */
export const parsers: readonly Parser[] = [...lines, ...documents, ...languages];
