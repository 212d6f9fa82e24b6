"""Milliseconds of a Sinkhorn iteration in PyTorch, OTT and FlashSinkhorn on a CUDA device: sinkhorn.py 384,1024,… Each line is printed
when it is measured. What is not installed is left out."""

import os
import sys
import time

sizes = [int(n) for n in sys.argv[1].split(",")]
EPS = 0.06


def say(n, name, milliseconds):
    print(f"{n:>6}  {name:<34} {milliseconds:.4f} ms", flush=True)


try:
    import torch
except Exception:
    torch = None

if torch and torch.cuda.is_available():
    torch.backends.cuda.matmul.allow_tf32 = False
    device = "cuda"
    print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}", flush=True)

    def ms(run, times=20):
        for _ in range(3):
            run()
        torch.cuda.synchronize()
        best = float("inf")
        for _ in range(5):
            start, end = torch.cuda.Event(True), torch.cuda.Event(True)
            start.record()
            for _ in range(times):
                run()
            end.record()
            torch.cuda.synchronize()
            best = min(best, start.elapsed_time(end) / times)
        return best

    for n in sizes:
        cost = torch.rand(n, n, device=device) * 0.3 + 0.8
        kernel = torch.exp((0.85 - cost) / EPS)
        state = {"g": torch.zeros(n, device=device), "v": torch.ones(n, device=device)}

        def iteration(g):
            f = -EPS * torch.logsumexp((g[None] - cost) / EPS, 1)
            return -EPS * torch.logsumexp((f[:, None] - cost) / EPS, 0)

        def log():
            state["g"] = iteration(state["g"])

        def plain():
            state["v"] = 1 / (kernel.T @ (1 / (kernel @ state["v"])))

        say(n, "PyTorch logsumexp", ms(log))
        say(n, "PyTorch plain scaling", ms(plain))
        try:
            compiled = torch.compile(iteration)
            say(n, "PyTorch logsumexp, compiled", ms(lambda: compiled(state["g"])))
        except Exception as error:
            print(f"{n:>6}  PyTorch compiled: {str(error)[:80]}", flush=True)
    try:
        from flash_sinkhorn.sinkhorn_solvers import sinkhorn_flashstyle_alternating as flash

        for n in (n for n in sizes if n >= 1024):
            x, y = (torch.randn(n, 64, device=device) / 8 for _ in range(2))
            mass = torch.full((n,), 1 / n, device=device)
            for tf32 in (False, True):
                go = lambda k: flash(x, y, mass, mass, eps=EPS, n_iters=k, allow_tf32=tf32)
                # It has no loop to time from inside: two lengths, so that what it does once does not count.
                each = (ms(lambda: go(40), 3) - ms(lambda: go(10), 3)) / 30
                say(n, f"FlashSinkhorn, width 64, {'tf32' if tf32 else 'f32'}", each)
    except Exception as error:
        print(f"FlashSinkhorn: {type(error).__name__}", flush=True)
else:
    print("PyTorch with CUDA is not here", flush=True)

try:
    os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
    import jax
    from ott.geometry import geometry
    from ott.problems.linear import linear_problem
    from ott.solvers.linear import sinkhorn

    for n in (n for n in sizes if n >= 1024):
        cost = jax.random.uniform(jax.random.PRNGKey(0), (n, n)) * 0.3 + 0.8
        for lse in (True, False):
            times = []
            for k in (20, 120):
                solver = sinkhorn.Sinkhorn(
                    lse_mode=lse, min_iterations=k, max_iterations=k, inner_iterations=10, threshold=-1.0
                )
                problem = lambda c: linear_problem.LinearProblem(geometry.Geometry(cost_matrix=c, epsilon=EPS))
                run = jax.jit(lambda c: solver(problem(c)).reg_ot_cost)
                run(cost).block_until_ready()
                best = float("inf")
                for _ in range(5):
                    start = time.perf_counter()
                    run(cost).block_until_ready()
                    best = min(best, time.perf_counter() - start)
                times.append(best)
            say(n, f"OTT {'log-sum-exp' if lse else 'kernel'}, {jax.devices()[0].platform}", (times[1] - times[0]) * 10)
except Exception as error:
    print(f"OTT: {type(error).__name__}", flush=True)
