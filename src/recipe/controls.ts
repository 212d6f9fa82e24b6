/**
 * Names of the page's controls and parts, by place. Lessons point at them and links hide them. The element carries the name as
 * `data-control`.
 */
export const CONTROL_GROUPS = {
  header: ['model', 'backend', 'about', 'keys', 'theme', 'share', 'lessons', 'export'],
  side: [
    'tower',
    'measure',
    'undo',
    'gap-presets',
    'method-panel',
    'method',
    'epsilon-rule',
    'epsilon',
    'alpha',
    'seed',
    'zero-start',
    'parents',
    'solver',
    'cost',
    'result',
    'evaluate',
  ],
  tabs: ['tabs', 'tab-align', 'tab-map', 'tab-compare', 'tab-train', 'tab-try'],
  align: [
    'describe',
    'kernel',
    'save',
    'tensors',
    'pictures',
    'orders',
    'second',
    'second-settings',
    'null',
    'picture',
    'zoom',
    'scale',
    'caption',
    'timeline',
    'play',
    'epsilon-slider',
    'curves',
    'readout',
    'inspector',
  ],
  map: ['map', 'map-values'],
  compare: [
    'compare-presets',
    'compare-settings',
    'compare-run',
    'compare-verdict',
    'compare-chart',
    'compare-table',
  ],
  train: ['race-setup', 'race-start', 'race-charts', 'race-results'],
  try: ['prompt', 'write', 'read'],
} as const;

export type ControlGroup = keyof typeof CONTROL_GROUPS;
export type ControlName = (typeof CONTROL_GROUPS)[ControlGroup][number];

export const CONTROLS: readonly ControlName[] = Object.values(CONTROL_GROUPS).flat();
