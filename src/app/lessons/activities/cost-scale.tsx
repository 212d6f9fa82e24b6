import { OPTIMUM, UNIFORM, costOf } from '../../../lessons/by-hand/painted';
import { useByHandWords } from './use-by-hand-words';

/** The scale ends above the cost of the uniform plan. */
const END = 1.15 * costOf(UNIFORM);

const percent = (cost: number): string => `${(100 * Math.min(END, cost)) / END}%`;

/** The cost of the plan as a bar, with a line at the optimum. */
export function CostScale({ cost, complete }: { cost: number; complete: boolean }) {
  const words = useByHandWords();
  return (
    <div className="cost-scale" aria-hidden="true">
      <i style={{ width: percent(cost) }} data-complete={complete} />
      <b style={{ left: percent(OPTIMUM.cost) }} />
      <small style={{ left: percent(OPTIMUM.cost) }}>{words.optimum}</small>
    </div>
  );
}
