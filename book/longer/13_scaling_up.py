"""What lesson 13 says of many pictures and of other engines. `make results LESSON=13` runs this as well.

How does the error fall with the number of pictures, in Color World above the floor and on photos of flowers? Do JAX's
two devices, and two hosts, give the weights of one? And how fast are 10,000 small photos colored on a cluster, by one
worker, by two, and by two of which one is killed? Each seed has other pictures, and each run a ninth of the 10,000.
Networks, trainings and scripts are the lesson's own. It needs JAX and Dask.
"""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import distributed
import keras
import numpy as np
from PIL import Image

sys.path.append("book")
from recipe import lesson

from colorkit import claim, photos, setup, world
from colorkit.preset import cache_folder

preset = setup()
folder = cache_folder("lessons", preset.name, "13_longer")
names = lesson(
    "13_scaling_up",
    *("trained_on", "colorizer", "apart", "weights_of", "run", "HOSTS"),
    preset=preset,
    folder=folder,
)


# --- what doubling the data buys ---

counts = preset.choose(test=[16, 24], laptop=[24, 72, 216, 648, 1944, 5832], gpu=[24, 72, 216, 648, 1944, 5832])
first = preset.seed * counts[-1]  # each seed has other scenes
unseen = world.load(32, "test", limit=400, start=400 * preset.seed)
val = world.load(32, "val", limit=200, start=200 * preset.seed)
oracle = unseen.oracle()
for count in counts:
    network = names["trained_on"](world.load(32, limit=count, start=first), val)
    left = ((network.predict(unseen.L, batch_size=100, verbose=0) - oracle.mean) ** 2).mean()
    claim(f"13-scenes-{count}", left, at_least=0, says=f"{count} scenes: {{value:.0f}} Lab units² above the floor")

most = preset.choose(test=40, laptop=2000, gpu=2000)
every, val, unseen = (photos.load("flowers", 32, split, limit=most) for split in ("train", "val", "test"))
every = every[np.random.default_rng(preset.seed).permutation(len(every))]
claim("13-photos-gray", (unseen.ab**2).mean(), at_least=0, says="photos left gray: {value:.0f} Lab units²")
for count in [count for count in counts if count <= len(every)]:
    network = names["trained_on"](every[:count], val)
    error = ((network.predict(unseen.L, batch_size=100, verbose=0) - unseen.ab) ** 2).mean()
    claim(f"13-photos-{count}", error, at_least=0, says=f"{count} photos: {{value:.0f}} Lab units²")


# --- two devices and two hosts on JAX ---

scenes = world.load(32, limit=320, start=320 * preset.seed)
keras.utils.set_random_seed(preset.seed)
network = names["colorizer"]()
network.save(folder / "start.keras")
np.savez(folder / "scenes.npz", L=scenes.L, ab=scenes.ab)
network.compile(keras.optimizers.SGD(1e-4), "mean_squared_error")
network.fit(scenes.L, scenes.ab, batch_size=16, shuffle=False, verbose=0)
for old in folder.glob("host-*.npz"):
    old.unlink()  # of another seed: a run that failed must not pass with them
(folder / "hosts.py").write_text(names["HOSTS"])
port = 20_000 + os.getpid() % 10_000
names["run"]("hosts.py", f"0 1 {port}")
names["run"]("hosts.py", f"0 2 {port}", f"1 2 {port}")
for name, count in (("jax", 1), ("hosts", 2)):
    far = 1e6 * names["apart"](names["weights_of"](f"host-0-of-{count}.npz"), network.get_weights())
    claim(f"13-{name}", far, at_most=10, says=f"two devices, {count} host(s): weights {{value:.2f}} millionths apart")


# --- an archive ---


def archive(source, target, count, kill):
    """Color a folder with so many workers; return photos in a second from the first to the last."""
    address = f"tcp://127.0.0.1:{port + 1}"
    scheduler = ["dask", "scheduler", "--host", "127.0.0.1", "--port", str(port + 1), "--no-dashboard"]
    worker = ["dask", "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    color = ["colorkit", "color", source, "--to", target, "--cluster", address]
    color += ["--model", "05_ae_lab_gpu", "--size", "64", "--gray"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with contextlib.ExitStack() as running:

        def start(command):
            process = running.enter_context(subprocess.Popen([sys.executable, "-m", *command], **quiet))
            running.callback(process.kill)
            return process

        start(scheduler)
        workers = [start(worker) for _ in range(count)]
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(count)
        colorizing, begin, photos_in = start(color), None, len(list(source.iterdir()))
        while colorizing.poll() is None:
            done = len(list(target.glob("*.jpg")))
            if done and begin is None:
                begin, before = time.perf_counter(), done
            if kill and done > photos_in // 2:
                workers.pop().kill()
                kill = False
            time.sleep(0.1)
        return (photos_in - before) / (time.perf_counter() - begin)


amount = preset.choose(test=12, laptop=1112, gpu=1112)
with TemporaryDirectory() as temporary:
    source = Path(temporary, "gray")
    source.mkdir()
    for row, L in enumerate(world.load(64, limit=amount, start=amount * preset.seed).L):
        Image.fromarray(np.rint(2.55 * L[..., 0]).astype(np.uint8)).save(source / f"{row:05}.jpg")
    ways = [("killed", 2, True), ("one", 1, False), ("two", 2, False)]
    for name, workers, kill in preset.choose(test=ways[:1], laptop=ways, gpu=ways):
        rate = archive(source, Path(temporary, name), workers, kill)
        missing = amount - len(list(Path(temporary, name).glob("*.jpg")))
        claim(f"13-archive-{name}", rate, at_least=0, says=f"{name}: {{value:.1f}} photos in a second")
        claim(f"13-archive-{name}-missing", missing, at_most=0, says=f"{name}: {{value:.0f}} photos are missing")
