/** The open dialog. */
type DialogName = 'about' | 'help' | 'export' | 'url';

/** A state that has this part. */
export interface WithDialog {
  readonly dialog: DialogName | null;
}
