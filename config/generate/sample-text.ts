import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import type { HttpRequest } from '../../src/output/http.ts';
import { tellsOfAlert } from './sample-alert.ts';

/** What a request says, as people read it. */
export interface RequestText {
  readonly text: string;
  /** What stands in it in base64. */
  readonly inside?: string;
  /** What the text was made of, where it is not what goes over the wire: `gzip`, `Parquet`. */
  readonly packed?: 'gzip' | 'Parquet';
}

/** The body before it is packed; a form has a line for each of its fields. */
export async function textOf(request: HttpRequest): Promise<RequestText> {
  const bytes = Buffer.from(request.body ?? '');
  if (bytes.subarray(0, PARQUET.length).equals(PARQUET)) {
    return { text: await rowsIn(bytes), packed: 'Parquet' };
  }
  if (bytes.subarray(0, GZIP.length).equals(GZIP)) {
    return { ...withInside(gunzipSync(bytes).toString()), packed: 'gzip' };
  }
  return withInside(isForm(request) ? fieldsIn(bytes.toString()) : bytes.toString());
}

const PARQUET = Buffer.from('PAR1');
const GZIP = Buffer.from([0x1f, 0x8b]);

export function headerOf({ headers = {} }: HttpRequest, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

function isForm(request: HttpRequest): boolean {
  return headerOf(request, 'content-type')?.includes('form-urlencoded') === true;
}

function fieldsIn(form: string): string {
  return [...new URLSearchParams(form)].map(([name, value]) => `${name}: ${value}`).join('\n');
}

/** Each row as JSON. */
async function rowsIn(bytes: Buffer): Promise<string> {
  const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
  return rows.map((row) => JSON.stringify(row, asJson)).join('\n');
}

function asJson(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? JSON.rawJSON(String(value)) : value;
}

const BASE64 = /"((?:[A-Za-z0-9+/]{4}){32,}[A-Za-z0-9+/]{0,3}={0,2})"/;
const START_CHARS = 32;

/** The alert in base64 is shown apart; nobody reads it there. */
function withInside(text: string): RequestText {
  const [, base64] = BASE64.exec(text) ?? [];
  if (base64 === undefined) return { text };
  const inside = Buffer.from(base64, 'base64').toString();
  if (!tellsOfAlert(inside)) return { text };
  return { text: text.replace(base64, `${base64.slice(0, START_CHARS)}…`), inside };
}
