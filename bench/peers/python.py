"""Times the benchmark's rows with numpy, SciPy, POT and PyTorch, as far as they are installed. Rows and devices as JSON on standard
input, results as JSON on standard output. All in float32, except SciPy's distances, which are float64 whatever they are given."""

import importlib
import json
import statistics
import sys
import time

order = json.load(sys.stdin)
rows, devices = order["rows"], order["devices"]
results = []
versions = {}


def library(name, label):
    try:
        found = importlib.import_module(name)
    except Exception:
        return None
    versions[label] = found.__version__
    return found


np = library("numpy", "numpy")
scipy = library("scipy", "SciPy")
ot = library("ot", "POT") if np else None
torch = library("torch", "PyTorch")


def median_ms(run, steps, finish=lambda: None):
    """Median of runs for about 0.3 seconds, at least three, divided by the steps of a run."""
    run()
    finish()
    times = []
    end = time.perf_counter() + 0.3
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        finish()
        times.append((time.perf_counter() - start) * 1000 / steps)
    return statistics.median(times)


def add(row, name, milliseconds, device="cpu"):
    results.append(
        {"group": row["group"], "shape": row["shape"], "name": name, "device": device, "milliseconds": milliseconds}
    )


def with_numpy(row):
    normal = lambda *shape: np.random.default_rng(1).standard_normal(shape, dtype=np.float32)
    kind = row["kind"]
    if kind == "product":
        inner, columns = row["inner"], row["columns"]
        x = normal(row["rows"], inner)
        w = normal(columns, inner).T if row["transposed"] else normal(inner, columns)
        w = w / np.float32(inner**0.5)
        back = normal(columns, inner) / np.float32(columns**0.5) if row["back"] else None
        work = 2 * row["rows"] * inner * columns * (1 + row["back"])
        if work > 4e10:
            return
        steps = max(2, int(2e9 / work)) if work < 1e9 else 2
        steps = min(steps, 200)

        def chain():
            y = x
            for _ in range(steps):
                y = y @ w
                if back is not None:
                    y = y @ back

        add(row, "numpy", median_ms(chain, steps))
    if kind == "distance" and scipy:
        from scipy.spatial.distance import cdist

        a, b = normal(row["n"], row["width"]), normal(row["n"], row["width"])
        add(row, "SciPy cdist", median_ms(lambda: cdist(a, b), 1))
    if kind == "sinkhorn" and ot:
        n = row["n"]
        points = lambda seed: 0.3 * np.random.default_rng(seed).standard_normal((n, 2))
        cost = ((points(1)[:, None] - points(2)[None]) ** 2).sum(-1).astype(np.float32)
        mass = np.full(n, 1 / n, np.float32)
        solve = ot.bregman.sinkhorn_log if row["form"] == "log" else ot.bregman.sinkhorn_knopp
        steps = 20 if n > 1000 else 100
        run = lambda: solve(mass, mass, cost, row["epsilon"], numItermax=steps, stopThr=0, warn=False)
        add(row, "POT sinkhorn_log" if row["form"] == "log" else "POT sinkhorn", median_ms(run, steps))


def with_torch(row, device):
    import torch.nn.functional as F

    torch.backends.cuda.matmul.allow_tf32 = False
    finish = torch.cuda.synchronize if device == "cuda" else lambda: None
    normal = lambda *shape: torch.randn(*shape, device=device)
    kind = row["kind"]
    steps = 50 if device == "cuda" else 2

    def chain(x, step):
        def run():
            y = x
            for _ in range(steps):
                y = step(y)

        add(row, "PyTorch", median_ms(run, steps, finish), device)

    if kind == "product":
        inner, columns = row["inner"], row["columns"]
        w = normal(columns, inner).T if row["transposed"] else normal(inner, columns)
        w, back = w / inner**0.5, normal(columns, inner) / columns**0.5
        chain(normal(row["rows"], inner), (lambda y: y @ w @ back) if row["back"] else (lambda y: y @ w))
    if kind == "attention":
        q, k, v = (normal(1, row["heads"], row["tokens"], row["headDim"]) for _ in range(3))
        chain(q, lambda y: F.scaled_dot_product_attention(y, k, v, is_causal=True))
    if kind == "softmax":
        chain(normal(row["rows"], row["columns"]), lambda y: torch.softmax(y, -1))
    if kind == "distance":
        a, b = normal(row["n"], row["width"]), normal(row["n"], row["width"])
        chain(a, lambda y: (torch.cdist(a, b), y)[1])
    if kind == "sinkhorn":
        n = row["n"]
        cost = torch.cdist(0.3 * normal(n, 2), 0.3 * normal(n, 2)) ** 2 / row["epsilon"]
        kernel = torch.exp(-cost)
        log = lambda g: -torch.logsumexp((-torch.logsumexp(g[None] - cost, 1))[:, None] - cost, 0)
        plain = lambda v: 1 / ((1 / (kernel @ v)) @ kernel)
        chain(torch.ones(n, device=device), log if row["form"] == "log" else plain)


for row in rows:
    if np and "cpu" in devices:
        with_numpy(row)
    if torch and "cpu" in devices:
        with_torch(row, "cpu")
    if torch and "cuda" in devices and torch.cuda.is_available():
        with_torch(row, "cuda")

json.dump({"results": results, "versions": versions}, sys.stdout)
