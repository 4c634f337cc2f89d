"""Work through executors: all of it is done, whatever dies in between."""

import functools
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from colorkit import batch
from colorkit.files import FileProblem


def work(folder, item):
    """Write a file. Item 7 kills its process each time, item 3 the first time, item 5 raises."""
    first = not (folder / f"{item}.begun").exists()
    (folder / f"{item}.begun").touch()
    if item == 7 or (item == 3 and first):
        os.kill(os.getpid(), signal.SIGKILL)
    if item == 5:
        raise ValueError("not five")
    (folder / f"{item}.done").touch()
    return item * 10


def dies(_):
    os.kill(os.getpid(), signal.SIGKILL)


def outcomes(*arguments, **named):
    return {outcome.item: outcome for outcome in batch.run(*arguments, **named)}


@pytest.mark.parametrize("start", [batch.Here, lambda: ThreadPoolExecutor(3)])
def test_each_item_has_an_outcome(tmp_path, start):
    items = [1, 2, 5, 4, 6]
    done = outcomes(functools.partial(work, tmp_path), items, start, window=3)
    assert {item: outcome.value for item, outcome in done.items()} == {1: 10, 2: 20, 4: 40, 5: None, 6: 60}
    assert str(done[5].problem) == "not five"


def test_only_the_item_that_kills_its_process_fails(tmp_path):
    done = outcomes(functools.partial(work, tmp_path), range(12), lambda: batch.local(2), window=4)
    assert set(done) == set(range(12))
    assert {item for item, outcome in done.items() if outcome.problem} == {5, 7}
    assert "the process that worked on it died, twice" in str(done[7].problem)
    assert {path.stem for path in tmp_path.glob("*.done")} == {str(item) for item in range(12)} - {"5", "7"}


def test_processes_that_never_live_end_the_work():
    with pytest.raises(FileProblem, match="die as soon as they begin"):
        outcomes(dies, range(20), lambda: batch.local(2), window=8)


def test_results_come_as_they_are_made_and_no_more_is_begun_than_that_takes():
    begun = []
    run = batch.run(lambda item: begun.append(item) or item, range(100), batch.Here, window=1)
    assert next(run).item == 0 and begun == [0]
    run.close()
    assert begun == [0]


# On a cluster: its workers are processes of their own, which have this module by its name.


def slow(folder, item):
    """Write down which process did an item."""
    time.sleep(0.2)
    with (folder / f"{item}.txt").open("a") as file:
        file.write(f"{os.getpid()}\n")
    return item


def test_a_cluster_whose_worker_is_killed_does_all_the_work(tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**settings, silence_logs=50) as cluster:
        pids = None
        with batch.on_cluster(cluster.scheduler_address) as (start, window):
            assert window == 4
            done = []
            for outcome in batch.run(functools.partial(slow, tmp_path), range(30), start, window):
                assert outcome.problem is None and outcome.value == outcome.item
                done.append(outcome.item)
                if len(done) == 8:
                    pids = {int(path.read_text().split()[0]) for path in tmp_path.glob("*.txt")}
                    os.kill(max(pids), signal.SIGKILL)
        assert len(pids) == 2 and sorted(done) == list(range(30))
        assert {int(Path(path).stem) for path in tmp_path.glob("*.txt")} == set(range(30))


def test_a_cluster_that_goes_away_is_said(tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, silence_logs=50
    )
    with pytest.raises(FileProblem, match="given up"), batch.on_cluster(cluster.scheduler_address) as (start, window):
        for _ in batch.run(functools.partial(slow, tmp_path), range(30), start, window):
            cluster.close()


def test_a_cluster_that_cannot_be_had_is_said(monkeypatch):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    with distributed.LocalCluster(n_workers=0, dashboard_address=None, silence_logs=50) as cluster:
        with pytest.raises(FileProblem, match="has no workers; start some with"):
            batch.on_cluster(cluster.scheduler_address).__enter__()
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(FileProblem, match="a cluster needs Dask; `pip install 'colorkit"):
        batch.on_cluster("tcp://127.0.0.1:1").__enter__()
