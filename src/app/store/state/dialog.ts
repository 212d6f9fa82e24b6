/** The open dialog. */
type DialogName = 'about' | 'help' | 'export' | 'url';

export interface WithDialog {
  readonly dialog: DialogName | null;
}
