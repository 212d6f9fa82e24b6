interface Window {
  /** Chromium only. @throws AbortError when the person closes the picker. */
  showDirectoryPicker?: (options?: {
    readonly mode?: 'read' | 'readwrite';
  }) => Promise<FileSystemDirectoryHandle>;
}
