interface Window {
  /** Chromium only. @throws AbortError if the user closes the picker. */
  showDirectoryPicker?: (options?: {
    readonly mode?: 'read' | 'readwrite';
  }) => Promise<FileSystemDirectoryHandle>;
}
