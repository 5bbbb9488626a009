import { type Static, Type } from 'typebox';
import { byPriority } from '../../src/output/by-priority.ts';
import { duration, optionalText, secret, settingsSchema } from '../../src/output/settings.ts';

export const schema = settingsSchema({
  token: secret({ description: 'API token of an application.', minLength: 1 }),
  user: secret({ description: 'Key of the user or the group that is told.', minLength: 1 }),
  device: optionalText('Devices, separated by commas. Default: all.'),
  sound: optionalText("Sound. Default: the user's own."),
  priorities: byPriority(Type.Integer({ description: '-2 to 2.', minimum: -2, maximum: 2 }), {
    description:
      "Pushover's -2 (silent) to 2 (repeated until somebody acknowledges) for a priority. Default: Emergency and Alert are 2, Critical and Error 1, Warning 0, Notice and Informational -1, Debug -2.",
  }),
  repeatEvery: duration({
    description: 'How often a message of priority 2 is repeated.',
    default: '1m',
    minimumMs: 30_000,
    maximumMs: 10_800_000,
  }),
  repeatFor: duration({
    description: 'For how long it is repeated.',
    default: '1h',
    minimumMs: 30_000,
    maximumMs: 10_800_000,
  }),
  url: Type.String({ description: 'Address of the API.', default: 'https://api.pushover.net' }),
});

/** Defaults filled in. */
export type PushoverSettings = Static<typeof schema>;
