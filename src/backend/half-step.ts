/**
 * Returns a potential moved by `relaxation` times the way from `old` to the one that meets its marginal. With 1 it is `met` exactly,
 * which the formula would round.
 */
export const moved = (old: number, met: number, relaxation: number): number =>
  relaxation === 1 ? met : old + relaxation * (met - old);
