/** Arms trained on the same batches. */
export function TrainStage() {
  return <section className="train" aria-label="Train" />;
}
