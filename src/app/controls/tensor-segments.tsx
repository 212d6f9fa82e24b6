import { TENSORS } from '../../recipe/view';
import { useApp, useAppState } from '../store/use-app';
import { TENSOR_INFO } from '../words/tensors';
import { Segments } from './segments';

/** Buttons that choose the tensor on show. */
export function TensorSegments() {
  const { view } = useApp();
  const tensor = useAppState((state) => state.view.tensor);
  return (
    <Segments
      name="Tensor"
      control="tensors"
      options={TENSORS.map((name) => ({ value: name, label: name, title: TENSOR_INFO[name].fullName }))}
      value={tensor}
      onChoose={view.showTensor}
    />
  );
}
