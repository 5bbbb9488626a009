import { parseLossless } from '../json.ts';
import { CliError } from './exit.ts';
import { concatenate } from './input.ts';

/** One alert of an input, as one line of JSON that nobody has judged yet. */
export interface Document {
  readonly json: Buffer;
  /** `line 12`, `alert 3`. */
  readonly place: string;
}

/** What is held in memory at once: one line, or a whole input that is not one alert a line. */
const HELD_BYTES_MAX = 64 * 1024 * 1024;

const LINE_FEED = 0x0a;
const OPENING_BRACKET = '[';

/**
 * Takes an input apart: one alert a line (any number of them), an array, or a single object. Lines
 * are passed on byte for byte; what is wrong with them the hub says.
 */
export async function* documentsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Document> {
  const lines = linesOf(chunks);
  let number = 0;
  let isFirst = true;
  for await (const line of lines) {
    number += 1;
    const json = number === 1 ? withoutByteOrderMark(line) : line;
    const text = json.toString().trim();
    if (text === '') continue;
    if (isFirst && isPartOfMore(text)) {
      yield* wholeOf(json, lines);
      return;
    }
    isFirst = false;
    yield { json, place: `line ${number}` };
  }
}

/** An array, or an object that goes on in the next line. */
function isPartOfMore(firstLine: string): boolean {
  return firstLine.startsWith(OPENING_BRACKET) || !firstLine.endsWith('}');
}

async function* wholeOf(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Document> {
  const value = parse(await concatenate(withLineFeeds(first, rest), HELD_BYTES_MAX));
  const documents = Array.isArray(value) ? (value as unknown[]) : [value];
  for (const [at, document] of documents.entries()) {
    yield { json: Buffer.from(JSON.stringify(document)), place: `alert ${at + 1}` };
  }
}

async function* withLineFeeds(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for await (const line of rest) yield Buffer.concat([Buffer.of(LINE_FEED), line]);
}

/** A level deeper than an alert may be, for the array around it. */
const DEPTH_MAX = 33;

function parse(bytes: Buffer): unknown {
  try {
    return parseLossless(bytes.toString(), { depthMax: DEPTH_MAX });
  } catch (error) {
    throw new CliError(
      `this is neither an alert a line nor one JSON document: ${(error as Error).message}`,
    );
  }
}

/** Lines without their line feed; the last one may lack it. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      yield Buffer.concat([...held, chunk.subarray(from, at)]);
      held = [];
      heldBytes = 0;
      from = at + 1;
    }
    held.push(chunk.subarray(from));
    heldBytes += chunk.length - from;
    if (heldBytes > HELD_BYTES_MAX) throw new CliError('a line of the input is over 64 MiB long');
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

function withoutByteOrderMark(line: Buffer): Buffer {
  return line.subarray(0, 3).equals(BYTE_ORDER_MARK) ? line.subarray(3) : line;
}
