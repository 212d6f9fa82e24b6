export interface WithEditing {
  /** True: the editor of lessons is open. It waits while a lesson plays. */
  readonly editing: boolean;
}
