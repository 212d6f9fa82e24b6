/** A prompt through several models side by side. */
export function TryStage() {
  return <section className="try" aria-label="Try" />;
}
