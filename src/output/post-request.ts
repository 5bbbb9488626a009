import { mergeHeaders } from './headers.ts';
import type { HttpRequest } from './http.ts';

/** A POST, unless it says otherwise, whose body is still what it means. */
export type PostRequest = Omit<HttpRequest, 'signal' | 'body'> & {
  /** A text as it is, anything else by its kind: a form as a form, an object as JSON. */
  readonly body: object | string;
};

/** The request as the client takes it. Headers of its own go before the one for the kind of body. */
export function postRequest(
  { headers = {}, body, ...request }: PostRequest,
  signal: AbortSignal,
): HttpRequest {
  const [type, text] = written(body);
  const all = type === undefined ? headers : mergeHeaders({ 'content-type': type }, headers);
  return { method: 'POST', ...request, headers: all, body: text, signal };
}

function written(body: object | string): readonly [type: string | undefined, text: string] {
  if (typeof body === 'string') return [undefined, body];
  if (body instanceof URLSearchParams)
    return ['application/x-www-form-urlencoded', body.toString()];
  return ['application/json; charset=utf-8', JSON.stringify(body)];
}
