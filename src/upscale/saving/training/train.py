#!/usr/bin/env python3
"""Continual pre-training of the new blocks of this checkpoint, with transformers and accelerate.

    python train.py --text FILE.txt             one GPU, or the CPU
    accelerate launch train.py --text FILE.txt  several GPUs, FSDP, DeepSpeed

All other weights are frozen and come out as they went in, bit for bit. See train.md.
"""

import argparse
import json
import math
import re
import shutil
from array import array
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from safetensors import safe_open
from torch.utils.data import DataLoader, Subset, TensorDataset
from transformers import AutoModelForCausalLM, AutoTokenizer

# Which blocks are new, filled in when the checkpoint was written.
MADE = json.loads("""
{"blocks_prefix": "model.layers.", "new_blocks": [], "train": "new"}
""")

DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def parse_arguments():
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = parser.add_argument_group("data")
    data.add_argument("--text", type=Path, help="a .txt file (documents parted by lines of ***) or .jsonl (field: text)")
    data.add_argument("--dataset", help="name of a dataset of the Hub, streamed; needs the package datasets")
    data.add_argument("--dataset-config", help="its configuration")
    data.add_argument("--split", default="train", help="its split")
    data.add_argument("--column", default="text", help="its column, or the field of .jsonl files")
    data.add_argument("--heldout", type=Path, help="text to evaluate on; default: windows of the text that are not trained on")
    data.add_argument("--context", type=int, default=1024, help="tokens in a window; at most the model's context")
    where = parser.add_argument_group("files")
    where.add_argument("--model", type=Path, default=here, help="folder of the checkpoint; default: where this script lies")
    where.add_argument("--out", type=Path, default=here / "trained", help="folder of the trained checkpoint and of the states")
    where.add_argument("--save-every", type=int, default=500, help="steps between saved states; 0: none")
    where.add_argument("--resume", action="store_true", help="go on from the state in --out")
    how = parser.add_argument_group("training")
    how.add_argument("--train", choices=["new", "all"], default=MADE["train"], help="which blocks learn")
    how.add_argument("--steps", type=int, default=1000)
    how.add_argument("--batch", type=int, default=8, help="windows in a batch of one process")
    how.add_argument("--accumulate", type=int, default=1, help="batches in a step")
    how.add_argument("--lr", type=float, default=2e-4, help="largest learning rate")
    how.add_argument("--schedule", choices=["wsd", "cosine", "constant"], default="wsd")
    how.add_argument("--warmup", type=float, default=0.05, help="share of the steps in which the rate rises")
    how.add_argument("--decay", type=float, default=0.2, help="wsd: share of the steps, at the end, in which it falls to 0")
    how.add_argument("--weight-decay", type=float, default=0.1)
    how.add_argument("--clip", type=float, default=1.0, help="largest norm of the gradient")
    how.add_argument("--seed", type=int, default=0)
    how.add_argument("--evaluate-every", type=int, default=250, help="steps between evaluations; 0: only before and after")
    how.add_argument("--heldout-windows", type=int, default=64, help="windows to evaluate on at most")
    how.add_argument("--gradient-checkpointing", action="store_true", help="less memory, more time")
    arguments = parser.parse_args()
    if (arguments.text is None) == (arguments.dataset is None):
        parser.error("expected either --text FILE or --dataset NAME")
    if arguments.steps < 1:
        parser.error(f"expected --steps of at least 1, got {arguments.steps}")
    return arguments


def documents_of(path, column):
    """Yields the documents of a text file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        yield from (json.loads(line)[column] for line in text.splitlines() if line.strip())
    else:
        yield from (part.strip() for part in re.split(r"^\*\*\*$", text, flags=re.MULTILINE))


def documents_of_dataset(arguments):
    from datasets import load_dataset

    rows = load_dataset(arguments.dataset, arguments.dataset_config, split=arguments.split, streaming=True)
    yield from (row[arguments.column] for row in rows)


def windows_of(documents, tokenizer, context, most):
    """Joins documents, each ended by the end-of-sequence token, and cuts them into at most `most` windows of `context` tokens."""
    ids = array("i")
    for document in documents:
        ids.extend(tokenizer(document, add_special_tokens=False, verbose=False)["input_ids"])
        if tokenizer.eos_token_id is not None:
            ids.append(tokenizer.eos_token_id)
        if len(ids) >= most * context:
            break
    # A text shorter than one window is one short window.
    length = context if len(ids) >= context else len(ids)
    count = min(most, len(ids) // length) if length > 1 else 0
    return torch.tensor(ids[: count * length], dtype=torch.int32).view(count, max(1, length))


def order_of(windows, needed, seed):
    """The order in which windows are read: shuffled anew for every pass."""
    generator = torch.Generator().manual_seed(seed)
    order = []
    while len(order) < needed:
        order += torch.randperm(windows, generator=generator).tolist()
    return order[:needed]


def rate_at(step, arguments):
    """The share of the learning rate at a step counted from 0."""
    steps = arguments.steps
    warmup = min(steps, round(arguments.warmup * steps))
    if step < warmup:
        return (step + 1) / (warmup + 1)
    if arguments.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))
    decay = round(arguments.decay * steps) if arguments.schedule == "wsd" else 0
    return min(1, (steps - step) / (decay + 1))


def freeze(model, train):
    """Freezes everything that is not to be trained and returns the names of what is."""
    prefixes = tuple(f"{MADE['blocks_prefix']}{index}." for index in MADE["new_blocks"])
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith(MADE["blocks_prefix"] if train == "all" else prefixes)
    names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    if not names:
        raise SystemExit("train.py: expected new blocks to train, got none. Give --train all.")
    return names


def stored_dtypes(folder):
    """The dtype of every tensor in the checkpoint's files."""
    dtypes = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            dtypes.update({name: DTYPES.get(file.get_slice(name).get_dtype()) for name in file.keys()})
    return dtypes


def save_checkpoint(accelerator, model, arguments, dtypes, report):
    """Writes the whole model, every tensor in the dtype it had, so that what was frozen is unchanged."""
    state = accelerator.get_state_dict(model)
    if not accelerator.is_main_process:
        return
    kept = {name: state[name].to(dtypes[name] or state[name].dtype) for name in dtypes if name in state}
    accelerator.unwrap_model(model).save_pretrained(arguments.out, state_dict=kept)
    for path in arguments.model.iterdir():
        written = path.suffix in (".safetensors", ".md") or path.name.endswith(".index.json")
        if path.is_file() and not written:
            # config.json too: it says how every layer is made, and its dtype is that of the files.
            shutil.copy2(path, arguments.out / path.name)
    (arguments.out / "training.json").write_text(json.dumps(report, indent=2) + "\n")


@torch.no_grad()
def evaluate(model, loader, accelerator):
    """The mean loss per token, in nats."""
    model.eval()
    losses = []
    for (ids,) in loader:
        ids = ids.long()
        loss = model(input_ids=ids, labels=ids, use_cache=False).loss
        losses.append(accelerator.gather_for_metrics(loss.repeat(len(ids))))
    model.train()
    return torch.cat(losses).float().mean().item()


def main():
    arguments = parse_arguments()
    half = torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    accelerator = Accelerator(
        mixed_precision="bf16" if half else "no", gradient_accumulation_steps=arguments.accumulate
    )
    set_seed(arguments.seed)
    say = accelerator.print
    states = arguments.out / "state"

    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    # Weights are trained in float32; on a GPU, matrices are multiplied in bfloat16.
    model = AutoModelForCausalLM.from_pretrained(arguments.model).float()
    trained = freeze(model, arguments.train)
    if arguments.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})

    context = min(arguments.context, getattr(model.config, "max_position_embeddings", arguments.context))
    needed = arguments.steps * arguments.accumulate * arguments.batch * accelerator.num_processes
    documents = documents_of_dataset(arguments) if arguments.dataset else documents_of(arguments.text, arguments.column)
    windows = windows_of(documents, tokenizer, context, needed + arguments.heldout_windows)
    if arguments.heldout:
        heldout = windows_of(
            documents_of(arguments.heldout, arguments.column), tokenizer, context, arguments.heldout_windows
        )
    else:
        # The last windows are kept from training, at most a twentieth of them, unless there is only one.
        count = min(arguments.heldout_windows, max(1, len(windows) // 20)) if len(windows) > 1 else 0
        heldout = windows[len(windows) - count :]
        windows = windows[: len(windows) - count]
    if windows.numel() == 0:
        raise SystemExit("train.py: expected a text of at least two tokens, got none. Give a longer text.")

    learns = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        learns, lr=arguments.lr, betas=(0.9, 0.95), weight_decay=arguments.weight_decay
    )
    report = {"trained": trained, "losses": [], "heldout": [], "arguments": {k: str(v) for k, v in vars(arguments).items()}}
    progress = states / "progress.json"
    done = 0
    if arguments.resume:
        if not progress.exists():
            raise SystemExit(f"train.py: expected a state in {states}, got none. Leave out --resume.")
        kept = json.loads(progress.read_text())
        done = kept["step"]
        report.update(losses=kept["losses"], heldout=kept["heldout"])
    # The loader holds what is left to do, in the order of an unbroken run.
    order = order_of(len(windows), needed, arguments.seed)
    left = order[done * needed // arguments.steps :]
    loader = DataLoader(Subset(TensorDataset(windows), left), batch_size=arguments.batch)
    tests = DataLoader(TensorDataset(heldout), batch_size=arguments.batch) if len(heldout) else None
    model, optimizer, loader, tests = accelerator.prepare(model, optimizer, loader, tests)
    if arguments.resume:
        accelerator.load_state(states)

    def measure(step):
        if tests is None or (report["heldout"] and report["heldout"][-1]["step"] == step):
            return
        report["heldout"].append({"step": step, "loss": evaluate(model, tests, accelerator)})
        say(f"step {step}: held-out loss {report['heldout'][-1]['loss']:.4f}")

    def keep(step):
        accelerator.save_state(states)
        if accelerator.is_main_process:
            progress.write_text(json.dumps({"step": step, **{k: report[k] for k in ("losses", "heldout")}}))

    say(
        f"{sum(p.numel() for p in learns):,} parameters in {len(trained)} tensors learn, "
        f"{len(windows):,} windows of {windows.shape[1]} tokens, {accelerator.num_processes} process(es) on {accelerator.device}"
    )
    measure(done)
    model.train()
    step, sums = done, []
    for (ids,) in loader:
        for group in optimizer.param_groups:
            group["lr"] = arguments.lr * rate_at(step, arguments)
        ids = ids.long()
        with accelerator.accumulate(model):
            loss = model(input_ids=ids, labels=ids, use_cache=False).loss
            accelerator.backward(loss)
            if accelerator.sync_gradients:
                accelerator.clip_grad_norm_(model.parameters(), arguments.clip)
            optimizer.step()
            optimizer.zero_grad()
        sums.append(accelerator.reduce(loss.detach().float(), "mean").item())
        if not accelerator.sync_gradients:
            continue
        step += 1
        report["losses"].append(sum(sums) / len(sums))
        sums = []
        if not math.isfinite(report["losses"][-1]):
            raise SystemExit(f"train.py: expected a finite loss, got {report['losses'][-1]} at step {step}. Lower --lr.")
        if step % 10 == 0 or step in (done + 1, arguments.steps):
            say(f"step {step} of {arguments.steps}: loss {report['losses'][-1]:.4f}")
        if arguments.evaluate_every and step % arguments.evaluate_every == 0:
            measure(step)
        if arguments.save_every and step % arguments.save_every == 0 and step < arguments.steps:
            keep(step)
    measure(step)
    save_checkpoint(accelerator, model, arguments, stored_dtypes(arguments.model), report)
    if len(report["heldout"]) > 1:
        first, last = report["heldout"][0], report["heldout"][-1]
        say(f"held-out loss {first['loss']:.4f} before, {last['loss']:.4f} after {last['step']} steps")
    say(f"written to {arguments.out}")
    accelerator.end_training()


if __name__ == "__main__":
    main()
