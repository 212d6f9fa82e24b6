import { encodeLink } from '../../../recipe/link';
import { DEFAULT_VIEW } from '../../../recipe/view';
import type { Race } from '../../store/state/race';

/** Hash of the page's address that restores the setup of a race, with the same number of steps. */
export const raceLink = ({ recipe, question, without, seeds, budget }: Race): string =>
  encodeLink({
    recipe,
    view: {
      ...DEFAULT_VIEW,
      tab: 'train',
      race: question,
      without,
      seeds: seeds.length,
      budget,
      minutes: null,
    },
  });
