import { Term } from '../glossary/term';
import { Dialog } from '../controls/dialog';
import { useApp, useAppState } from '../store/use-app';
import { computesWords } from '../words/computes';
import { count } from '../words/numbers';
import { GlossaryList } from './glossary-list';
import { Markdown } from './markdown';

/** Dialog about the page: purpose, sources, privacy and limits. */
export function About() {
  const { store } = useApp();
  const info = useAppState((state) => state.model.info);
  const summary = useAppState((state) => state.backend.summary);
  return (
    <Dialog title="About Interlayer" wide onClose={() => store.setState({ dialog: null })}>
      <div className="prose">
        <p>
          Interlayer grows a small language model of the Llama family deeper. Between two neighbouring{' '}
          <Term id="block">blocks</Term> it puts a new one, made from both, and it shows how: which{' '}
          <Term id="neuron">neuron</Term> of the one block optimal transport pairs with which of the other,{' '}
          <Term id="half-step">half-step</Term> by half-step.
          {summary && ` Everything is computed in this tab, now by ${computesWords(summary)}.`}
        </p>
        <h3>The mathematics</h3>
        <p>
          The method is OpT-DeUS, from Cao, Aletras and Wang, “Progressive Depth Up-scaling via Optimal
          Transport” (
          <a href="https://arxiv.org/abs/2508.08011" rel="noreferrer">
            arXiv 2508.08011
          </a>
          ), with its authors’ released code as <code>literal</code> and the reading that rescales the{' '}
          <Term id="plan">plan</Term> as <code>paper</code>. Beside it stand what it has to be compared with:
          the{' '}
          <Term id="assignment" after=",">
            exact assignment
          </Term>{' '}
          the plain average with and without zeroing, and the copies of LLaMA-Pro (
          <a href="https://arxiv.org/abs/2401.02415" rel="noreferrer">
            arXiv 2401.02415
          </a>
          ). Plans are found by Sinkhorn’s iteration in the log domain, exact assignments by Jonker and
          Volgenant’s algorithm.
        </p>
        <h3>Privacy</h3>
        <p>
          Nothing leaves this tab. Model files you open are read from your disk where they are, in the ranges
          that are needed, and are neither copied nor sent. A model from the Hub comes from there to this
          browser, which keeps what it has read until you free it; an access token goes to its Hub alone.
          There is no account, no counting, no server behind the page. A link carries the{' '}
          <Term id="recipe">recipe</Term> and the view, never files.
        </p>
        <h3>Limits</h3>
        <ul>
          <li>
            A plan is only as telling as it is{' '}
            <Term id="sharpness" after=".">
              sharp
            </Term>{' '}
            At the published ε = 0.06 plans of gate and up are nearly uniform on small models; the perplexity
            under the picture says how many partners a neuron has.
          </li>
          <li>
            <Term id="loss">Losses</Term> here are from before any training. A smaller loss of a block that
            was not zeroed is no evidence of alignment: a weaker block disturbs less.
          </li>
          <li>
            WebGPU computes in 32-bit floats, and a solve stops at the error it reports, not at zero. Without
            a fast GPU the same is computed on the CPU, by WebAssembly, with sums in 64 bits.
          </li>
          <li>
            Models of the Llama family (Llama, Mistral, Qwen, SmolLM3, Granite, OLMo 2, Gemma) in safetensors
            or GGUF, small enough for this device’s memory.
          </li>
        </ul>
        <GlossaryList />
        {info && (
          <>
            <h3>The open model</h3>
            <p>
              {info.name}: {info.architecture}, {info.layers} blocks, hidden size {count(info.hiddenSize)},
              MLP {count(info.intermediateSize)}, {info.heads} heads ({info.kvHeads} for keys and values),{' '}
              {count(info.vocabSize)} tokens, {count(info.parameters)} parameters.
            </p>
          </>
        )}
        {info?.card !== undefined && (
          <section aria-label="Model card" className="card">
            <Markdown text={info.card} level={3} />
          </section>
        )}
      </div>
    </Dialog>
  );
}
