import type { ReactNode } from 'react';

/** A decorative 16 × 16 icon; the control around it has the accessible name. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const ChevronIcon = () => (
  <Icon>
    <path d="m4.5 6.5 3.5 3.5 3.5-3.5" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <path d="M3 8h.01M8 8h.01M13 8h.01" strokeWidth="2.4" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.75" />
    <path d="M8 1.75v1.5M8 12.75v1.5M1.75 8h1.5M12.75 8h1.5M3.6 3.6l1.05 1.05M11.35 11.35l1.05 1.05M12.4 3.6l-1.05 1.05M4.65 11.35 3.6 12.4" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M13.5 9.6A5.75 5.75 0 0 1 6.4 2.5a5.75 5.75 0 1 0 7.1 7.1Z" />
  </Icon>
);
export const SystemIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.75" />
    <path d="M8 2.25v11.5a5.75 5.75 0 0 0 0-11.5Z" fill="currentColor" stroke="none" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
export const PlusIcon = () => (
  <Icon>
    <path d="M8 3.5v9M3.5 8h9" />
  </Icon>
);
export const MinusIcon = () => (
  <Icon>
    <path d="M3.5 8h9" />
  </Icon>
);
export const SnowIcon = () => (
  <Icon>
    <path d="M8 2v12M2.8 5l10.4 6M13.2 5 2.8 11M6.5 3 8 4.4 9.5 3M6.5 13 8 11.6 9.5 13" strokeWidth="1.1" />
  </Icon>
);
export const FlameIcon = () => (
  <Icon>
    <path
      d="M8.3 1.8c.5 2.6 3.9 4 3.9 7.4a4.2 4.2 0 0 1-8.4 0c0-1.7.9-2.8 1.7-3.7.3 1 .8 1.6 1.5 1.9-.2-2 .1-4 1.3-5.6Z"
      fill="currentColor"
      stroke="none"
    />
  </Icon>
);
export const PlayIcon = () => (
  <Icon>
    <path d="M5.5 3.2v9.6L13 8Z" fill="currentColor" />
  </Icon>
);
export const PauseIcon = () => (
  <Icon>
    <path d="M5.5 3.5v9M10.5 3.5v9" strokeWidth="2.4" />
  </Icon>
);
export const ToStartIcon = () => (
  <Icon>
    <path d="M4 3.5v9M12 3.5 6.5 8l5.5 4.5Z" />
  </Icon>
);
export const ToEndIcon = () => (
  <Icon>
    <path d="M12 3.5v9M4 3.5 9.5 8 4 12.5Z" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="M10.5 3.5 5 8l5.5 4.5Z" />
  </Icon>
);
export const ForwardIcon = () => (
  <Icon>
    <path d="M5.5 3.5 11 8l-5.5 4.5Z" />
  </Icon>
);
export const UndoIcon = () => (
  <Icon>
    <path d="M5.5 3 2.5 6l3 3M2.5 6h6.75a3.75 3.75 0 0 1 0 7.5H6" />
  </Icon>
);
export const RedoIcon = () => (
  <Icon>
    <path d="m10.5 3 3 3-3 3M13.5 6H6.75a3.75 3.75 0 0 0 0 7.5H10" />
  </Icon>
);
export const LinkIcon = () => (
  <Icon>
    <path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 0 0 9 3.3l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.8-.8" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m3 8.5 3.2 3.2L13 4.8" />
  </Icon>
);
export const KeyboardIcon = () => (
  <Icon>
    <rect x="1.75" y="4" width="12.5" height="8" rx="1.5" />
    <path d="M4.5 6.75h.01M7 6.75h.01M9.5 6.75h.01M11.75 6.75h.01M5 9.5h6" />
  </Icon>
);
export const SaveIcon = () => (
  <Icon>
    <path d="M8 2.5v7.25M4.75 6.75 8 10l3.25-3.25M2.75 13.25h10.5" />
  </Icon>
);
export const PinIcon = () => (
  <Icon>
    <path d="M5.5 2.5h5l-.75 4 2 2.5h-7.5l2-2.5zM8 9v4.5" />
  </Icon>
);
export const ScreenIcon = () => (
  <Icon>
    <path d="M1.75 2.75h12.5M2.75 2.75v7.5h10.5v-7.5M8 10.25v2M5.25 14.25 8 12l2.75 2.25" />
  </Icon>
);
