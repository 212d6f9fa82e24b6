/** The open dialog. */
type DialogName = 'about' | 'device' | 'help' | 'export' | 'url';

export interface WithDialog {
  readonly dialog: DialogName | null;
}
