import { fromPriority } from '../../src/output/by-priority.ts';
import type { Delivery } from '../../src/output/define.ts';
import { pushText, pushTitle } from '../../src/output/push-text.ts';
import { loudnessOf } from '../../src/output/resolution.ts';
import type { PushoverSettings } from './settings.ts';

const TITLE_CHARS_MAX = 250;
const MESSAGE_CHARS_MAX = 1024;

/**
 * The form that is posted for one alert. Without `html` it is plain text.
 *
 * @see https://pushover.net/api (parameters and their limits)
 */
export function pushoverForm(settings: PushoverSettings, delivery: Delivery): URLSearchParams {
  const { alert } = delivery;
  const { token, user, device, sound } = settings;
  const loudness = loudnessOf(alert);
  const priority = settings.priorities[loudness] ?? STANDARD[loudness];
  return new URLSearchParams({
    token,
    user,
    title: pushTitle(alert, TITLE_CHARS_MAX),
    message: pushText(delivery, MESSAGE_CHARS_MAX),
    timestamp: String(Math.floor(Date.parse(alert.time) / 1000)),
    priority: String(priority),
    ...(priority === 2 && {
      retry: String(settings.repeatEvery / 1000),
      expire: String(settings.repeatFor / 1000),
      tags: alert.uuid,
    }),
    ...(device !== undefined && { device }),
    ...(sound !== undefined && { sound }),
  });
}

const STANDARD = fromPriority({ debug: -2, informational: -1, warning: 0, error: 1, alert: 2 });
