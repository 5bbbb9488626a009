import { parseLossless } from '../../json.ts';
import type { AlertRecord, DeadLetter } from '../../queue/history.ts';

/** For `--json`: the alert as an object instead of as text, every digit kept. */
export function recordJson({ json, ingest, ...rest }: AlertRecord): object {
  return { ...rest, ingest: parseLossless(ingest), alert: parseLossless(json) };
}

export function deadLetterJson({ json, ...rest }: DeadLetter): object {
  return { ...rest, alert: parseLossless(json) };
}

/** What of a stored alert people are shown beside its columns. */
export interface ShownAlert {
  readonly uuid: string;
  readonly priority: string;
  readonly rule: string;
  readonly output: string;
  readonly time: string;
}

export function shownAlert(json: string): ShownAlert {
  return parseLossless(json) as ShownAlert;
}
