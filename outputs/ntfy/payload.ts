import { hash } from 'node:crypto';
import { fromPriority } from '../../src/output/by-priority.ts';
import type { Delivery } from '../../src/output/define.ts';
import { pushText, pushTitle } from '../../src/output/push-text.ts';
import { incidentKeyOf, loudnessOf } from '../../src/output/resolution.ts';
import type { NtfySettings } from './settings.ts';

/**
 * What is posted for one alert.
 *
 * @see https://docs.ntfy.sh/publish/#publish-as-json
 */
export interface NtfyMessage {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly sequence_id?: string;
}

/** A longer message would become a file to open (docs.ntfy.sh/publish, Limitations). */
const MESSAGE_BYTES_MAX = 4096;
const TITLE_CHARS_MAX = 250;

export function ntfyMessage(settings: NtfySettings, delivery: Delivery): NtfyMessage {
  const { alert } = delivery;
  const { topic, priorities, tags } = settings;
  const loudness = loudnessOf(alert);
  const key = incidentKeyOf(settings.dedupKey, delivery, 255);
  return {
    topic,
    title: pushTitle(alert, TITLE_CHARS_MAX),
    message: fittingText(delivery),
    priority: priorities[loudness] ?? STANDARD[loudness],
    tags: [EMOJIS[loudness], ...tags],
    ...(key !== undefined && { sequence_id: sequenceId(key) }),
  };
}

const STANDARD = fromPriority({ debug: 1, informational: 2, warning: 3, error: 4, critical: 5 });

/** Names that ntfy shows as emojis. */
const EMOJIS = fromPriority({
  debug: 'information_source',
  notice: 'large_blue_circle',
  warning: 'warning',
  error: 'red_circle',
  critical: 'rotating_light',
});

/** A character has at most three bytes for each of its UTF-16 units. */
function fittingText(delivery: Delivery): string {
  const text = pushText(delivery, MESSAGE_BYTES_MAX);
  if (Buffer.byteLength(text) <= MESSAGE_BYTES_MAX) return text;
  return pushText(delivery, Math.floor(MESSAGE_BYTES_MAX / 3));
}

/** An id has 1 to 64 letters, digits, `-` and `_`; the delivery key is one. */
function sequenceId(key: string): string {
  return /^[-_A-Za-z0-9]{1,64}$/.test(key) ? key : hash('sha256', key, 'hex');
}
