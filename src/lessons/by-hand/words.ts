/** What is read in the activities of the lesson by hand. Numbers come formatted. */
export interface ByHandWords {
  readonly plane: string;
  readonly grid: string;
  readonly source: (row: number) => string;
  readonly target: (column: number) => string;
  /** A cell for screen readers. */
  readonly cell: (row: number, column: number, cost: string, mass: string) => string;
  readonly units: (units: number) => string;
  /** Short notes at the end of a row or column: units left, units too many, and none of both. */
  readonly left: (units: number) => string;
  readonly over: (units: number) => string;
  readonly met: string;
  readonly soFar: (cost: string, left: number) => string;
  readonly tooMuch: (cost: string) => string;
  readonly complete: (cost: string, optimum: string) => string;
  readonly equal: (cost: string) => string;
  readonly optimum: string;
  readonly hint: string;
  readonly more: string;
  readonly less: string;
  readonly undo: string;
  readonly clear: string;
  readonly nothingToUndo: string;
  readonly nothingToClear: string;
  readonly cellFull: string;
  readonly cellEmpty: string;
  /** What the last half-step was, and the button of the next one. */
  readonly start: string;
  readonly scaled: (side: 'rows' | 'columns') => string;
  readonly scale: (side: 'rows' | 'columns') => string;
  readonly back: string;
  readonly untilLevel: string;
  readonly atStart: string;
  readonly isLevel: string;
  readonly halfSteps: (count: number) => string;
  readonly error: (error: string) => string;
  readonly level: string;
  readonly trace: string;
}
