import { type Static, Type } from 'typebox';
import { alertFormat } from '../../src/output/alert-document.ts';
import { googleSettings } from '../../src/output/google.ts';
import { optionalText, settingsSchema, textLike } from '../../src/output/settings.ts';

/** All of them are parts of a path. */
const PART = '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$';

export const schema = settingsSchema({
  project: textLike('Project that the instance belongs to: its id or number.', PART),
  region: textLike('Region of the instance: `us`, `eu`, `europe-west3`.', PART),
  instance: textLike('Id of the instance (customer id).', PART),
  logType: textLike('Log type, which chooses the parser.', PART, 'FALCO_IDS'),
  forwarder: Type.Optional(textLike('Id of the forwarder that logs are filed under.', PART)),
  ...googleSettings,
  format: alertFormat,
  endpoint: optionalText(
    'Where the API is, for a private endpoint. Default: `https://chronicle.<region>.rep.googleapis.com`.',
  ),
});

/** Defaults filled in. */
export type ChronicleSettings = Static<typeof schema>;
