/**
 * Names of the page's controls and parts, by which lessons point at them and links hide them. The element carries the
 * name as `data-control`.
 */
export const CONTROLS = [
  // Header
  'model',
  'backend',
  'about',
  'keys',
  'theme',
  'share',
  'lessons',
  'export',
  // Beside the stage
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
  // Tabs
  'tabs',
  'tab-align',
  'tab-map',
  'tab-compare',
  'tab-train',
  'tab-try',
  // Align
  'describe',
  'kernel',
  'save',
  'tensors',
  'pictures',
  'orders',
  'second',
  'null',
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
  // Map
  'map',
  'map-values',
  // Compare
  'compare-presets',
  'compare-settings',
  'compare-run',
  'compare-verdict',
  'compare-chart',
  'compare-table',
  // Train
  'race-setup',
  'race-start',
  'race-charts',
  'race-results',
  // Try
  'prompt',
  'write',
  'read',
] as const;

export type ControlName = (typeof CONTROLS)[number];
