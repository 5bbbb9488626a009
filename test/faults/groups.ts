import { answers } from './answers.ts';
import { bulk } from './bulk.ts';
import { destination } from './destination.ts';
import { disk } from './disk.ts';
import { floods } from './flood.ts';
import { hangs } from './hangs.ts';
import { kills } from './kill.ts';
import type { Groups } from './matrix.ts';
import { neighbours } from './neighbours.ts';
import { power } from './power.ts';
import { reloads } from './reload.ts';
import { resources } from './resources.ts';

/** Everything that is done to a hub, by what is broken. */
export const GROUPS: Groups = {
  destination,
  answers,
  hangs,
  bulk,
  kill: kills,
  power,
  disk,
  neighbours,
  reload: reloads,
  flood: floods,
  resources,
};
