import { parentPort } from 'node:worker_threads';
import { growthFailure } from './measure.ts';
import { parsers } from './parsers.ts';

/** Measures in a thread whose memory has a bound, and tells what each parser came to. */

for (const parser of parsers) {
  parentPort!.postMessage({ begins: parser.name });
  const failures = parser.inputs.flatMap((input) => growthFailure(parser, input) ?? []);
  parentPort!.postMessage({ name: parser.name, inputs: parser.inputs.length, failures });
}
