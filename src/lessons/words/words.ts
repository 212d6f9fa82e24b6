/** Everything that is read around lessons: first screen, list, panel and tour. One file per language. */
export interface LessonWords {
  readonly welcome: {
    readonly sentence: string;
    readonly tour: string;
    readonly lessons: string;
    readonly open: string;
    readonly close: string;
  };
  readonly list: {
    readonly title: string;
    readonly introduction: string;
    readonly minutes: (minutes: number) => string;
    readonly begin: string;
    readonly resume: (step: number, steps: number) => string;
    readonly again: string;
    readonly finished: string;
    readonly own: string;
    readonly address: string;
    readonly load: string;
    readonly file: string;
    readonly tour: string;
    readonly loading: string;
  };
  /** The editor of lessons. */
  readonly editor: {
    readonly write: string;
    readonly hint: string;
    readonly close: string;
    readonly fields: {
      readonly id: string;
      readonly language: string;
      readonly title: string;
      readonly summary: string;
      readonly minutes: string;
      readonly state: string;
      readonly text: string;
      readonly do: string;
      readonly seen: string;
      readonly stepState: string;
      readonly show: string;
      readonly press: string;
      readonly done: string;
      readonly point: string;
      readonly activity: string;
      readonly predict: string;
      readonly question: string;
      readonly answers: string;
      readonly from: string;
      readonly to: string;
      readonly reading: string;
      readonly address: string;
    };
    readonly none: string;
    readonly choice: string;
    readonly value: string;
    readonly record: string;
    readonly steps: string;
    readonly step: (step: number, title: string) => string;
    readonly add: string;
    readonly up: string;
    readonly first: string;
    readonly last: string;
    readonly down: string;
    readonly remove: string;
    readonly removed: (title: string) => string;
    readonly undo: string;
    readonly preview: string;
    readonly save: string;
    readonly open: string;
    readonly fresh: string;
    readonly link: string;
    readonly fine: string;
  };
  /** A lesson as a quiz sheet or a handout. */
  readonly paper: {
    readonly quiz: string;
    readonly handout: string;
    readonly print: string;
    readonly close: string;
    readonly name: string;
    readonly date: string;
    readonly answers: string;
    readonly measured: string;
    readonly none: string;
    readonly note: string;
    readonly link: string;
  };
  readonly panel: {
    readonly label: string;
    readonly step: (step: number, steps: number) => string;
    readonly next: string;
    readonly back: string;
    readonly finish: string;
    readonly leave: string;
    readonly leaveTitle: string;
    readonly showMe: string;
    readonly working: string;
    readonly doFirst: string;
    readonly predictFirst: string;
    readonly skip: string;
    readonly commit: string;
    readonly yours: string;
    readonly measured: string;
    /** Of an answer that needs no measurement. */
    readonly correct: string;
    readonly right: string;
    readonly other: string;
    readonly todo: string;
    readonly seen: string;
    readonly restart: string;
    readonly presenter: string;
    readonly presenterTitle: string;
    readonly shrink: string;
    readonly grow: string;
  };
}
