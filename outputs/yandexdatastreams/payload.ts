import type { YandexStreamSettings } from './settings.ts';

/** The stream as the service knows it: the whole name, which begins with a slash. */
export function streamName({ stream }: Pick<YandexStreamSettings, 'stream'>): string {
  return stream.trim();
}
