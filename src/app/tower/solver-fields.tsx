import type { TermId } from '../../lessons/glossary/terms';
import type { Recipe } from '../../recipe/schema';
import { ChoiceField } from '../controls/choice-field';
import { RealField } from '../controls/real-field';
import { Segments } from '../controls/segments';
import { solverOf } from '../methods/methods';
import type { EpsilonRule } from '../methods/epsilon-rules';
import { epsilonRules } from '../methods/epsilon-rules';
import { useApp, useAppState } from '../store/use-app';
import { EpsilonField } from './epsilon-field';

const SOLVERS: Readonly<
  Record<Exclude<Recipe['solver']['kind'], 'method'>, { readonly words: string; readonly term: TermId }>
> = {
  sinkhorn: { words: 'Sinkhorn', term: 'solver' },
  exact: { words: 'exact assignment', term: 'assignment' },
  unbalanced: { words: 'unbalanced Sinkhorn', term: 'unbalanced' },
  progot: { words: 'ProgOT', term: 'progot' },
};

const RULE_WORDS: Readonly<Record<EpsilonRule, { label: string; title: string }>> = {
  absolute: { label: 'fixed ε', title: 'The same ε for every tensor, in units of the cost' },
  spread: { label: 'spread', title: 'ε is this share of the standard deviation of the tensor’s costs' },
  perplexity: {
    label: 'perplexity',
    title: 'ε is searched until the plan spreads each neuron over this share of all neurons',
  },
};

/** Fields for ε, or for the rule that derives it from the cost. */
export function EpsilonRule() {
  const { recipe: actions } = useApp();
  const recipe = useAppState((state) => state.recipe.current);
  const { rules, rule } = epsilonRules(recipe);
  if (solverOf(recipe) === 'exact') return null;
  const { solver } = recipe;
  return (
    <>
      {rules.length > 1 && (
        <Segments
          name="Where ε comes from"
          control="epsilon-rule"
          options={rules.map((value) => ({ value, ...RULE_WORDS[value] }))}
          value={rule}
          onChoose={(chosen) => actions.setSolver({ targetPerplexity: chosen === 'perplexity' ? 0.1 : null })}
        />
      )}
      {rule === 'absolute' && <EpsilonField />}
      {rule === 'spread' && (
        <RealField
          label="ε as a share of the cost’s spread"
          control="epsilon"
          value={solver.spread}
          low={0}
          high={Infinity}
          above
          onChange={(spread) => actions.setSolver({ spread })}
        />
      )}
      {rule === 'perplexity' && (
        <RealField
          label="Plan perplexity as a share of n"
          control="epsilon"
          term="plan-perplexity"
          title="1 is uniform"
          value={solver.targetPerplexity ?? 0.1}
          low={0}
          high={1}
          above
          onChange={(targetPerplexity) => actions.setSolver({ targetPerplexity })}
        />
      )}
    </>
  );
}

/** Fields for the solver and its parameters. */
export function SolverFields() {
  const { recipe: actions } = useApp();
  const recipe = useAppState((state) => state.recipe.current);
  const { solver } = recipe;
  const kind = solverOf(recipe);
  if (kind === undefined) return null;
  const own = solverOf({ ...recipe, solver: { ...solver, kind: 'method' } }) ?? 'sinkhorn';
  return (
    <>
      <ChoiceField
        label="Solver"
        term={SOLVERS[kind].term}
        value={solver.kind}
        options={[
          ['method', `the method’s: ${SOLVERS[own].words}`],
          ['sinkhorn', SOLVERS.sinkhorn.words],
          ['exact', SOLVERS.exact.words],
          ['unbalanced', SOLVERS.unbalanced.words],
          ['progot', SOLVERS.progot.words],
        ]}
        onChoose={(chosen) => actions.setSolver({ kind: chosen })}
      />
      {kind === 'unbalanced' && (
        <RealField
          label="ρ, strength of the marginals"
          term="rho"
          title="In units of the cost. Small: neurons may be left out. Large: as balanced"
          value={solver.rho}
          low={0}
          high={Infinity}
          above
          onChange={(rho) => actions.setSolver({ rho })}
        />
      )}
      {kind === 'progot' && (
        <div className="field-pair">
          <RealField
            label="Steps"
            value={solver.steps}
            low={1}
            high={64}
            whole
            onChange={(steps) => actions.setSolver({ steps })}
          />
          <ChoiceField
            label="Schedule"
            title="How the steps share the way"
            value={solver.schedule}
            options={[
              ['constant', 'constant'],
              ['decelerating', 'decelerating'],
              ['accelerating', 'accelerating'],
            ]}
            onChoose={(schedule) => actions.setSolver({ schedule })}
          />
        </div>
      )}
      {kind !== 'exact' && (
        <RealField
          label="Iterations at most"
          term="iteration"
          value={solver.maxIterations}
          low={1}
          high={100_000}
          whole
          onChange={(maxIterations) => actions.setSolver({ maxIterations })}
        />
      )}
      {(kind === 'sinkhorn' || kind === 'progot') && (
        <ChoiceField
          label="Acceleration"
          term="anderson"
          title="Anderson mixing takes a half to a fortieth of the iterations. The timeline shows plain Sinkhorn."
          value={solver.acceleration}
          options={[
            ['anderson', 'Anderson mixing'],
            ['none', 'none'],
          ]}
          onChoose={(acceleration) => actions.setSolver({ acceleration })}
        />
      )}
    </>
  );
}
