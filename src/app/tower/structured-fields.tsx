import { useApp, useAppState } from '../store/use-app';

const SWITCHES = [
  ['rotate', 'Rotate queries and keys', 'One rotation per rotary pair, the only maps that commute with RoPE'],
  ['repairNorms', 'Repair norms', 'Rescale every fused row to the mean of its parents’ norms'],
  ['down', 'Compare down_proj too', 'Add its columns to what an MLP unit is compared by'],
] as const;

/** Switches of the structured method. */
export function StructuredFields() {
  const { recipe } = useApp();
  const structured = useAppState((state) => state.recipe.current.structured);
  return (
    <div className="switches" role="group" aria-label="Structured matching">
      {SWITCHES.map(([name, label, title]) => (
        <label key={name} title={title}>
          <input
            type="checkbox"
            checked={structured[name]}
            onChange={({ target }) => recipe.setStructured({ [name]: target.checked })}
          />
          {label}
        </label>
      ))}
    </div>
  );
}
