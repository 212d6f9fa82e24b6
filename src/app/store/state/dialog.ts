/** The open dialog. */
type DialogName = 'about' | 'device' | 'help' | 'export' | 'url' | 'hub' | 'kept' | 'lessons' | 'hide';

export interface WithDialog {
  readonly dialog: DialogName | null;
}
