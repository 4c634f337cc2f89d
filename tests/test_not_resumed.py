"""Resuming declined: another training, another kernel, a damaged file, a full disk."""

import errno
import os
import re
import subprocess
import sys

import keras
import numpy as np
import pytest
from test_resume import assert_same_training, begin, only_a_lock, saved_file, state_after_3_epochs, whole
from test_training import NAME, data, fit, lines, made, network, own_cache, plain

from colorkit import files, training


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    return own_cache(tmp_path, monkeypatch)


# Another training -------------------------------------------------------------------------------------------------


def other_network():
    return network(units=9)


def other_wiring():
    model = network()
    inputs = keras.Input((3,))
    x = model.layers[1](inputs)
    outputs = model.layers[4](model.layers[3](model.layers[2](model.layers[2](x))))
    changed = keras.Model(inputs, outputs)
    changed.compile(keras.optimizers.Adam(0.05), "mse")
    return changed


def other_loss():
    model = network()
    model.compile(keras.optimizers.Adam(0.05), "mae")
    return model


def other_optimizer():
    model = network()
    model.compile(keras.optimizers.Adam(0.05, beta_1=0.5), "mse")
    return model


def other_learning_rate():
    model = network()
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


@pytest.mark.parametrize(
    ("make", "options", "reason"),
    [
        (other_network, {}, "with another network"),
        (other_wiring, {}, "with another network"),
        (other_loss, {}, "with another loss, metric or optimizer"),
        (other_optimizer, {}, "with another loss, metric or optimizer"),
        (other_learning_rate, {}, "with another learning rate"),
        (network, {"resume": data(seed=2)}, "with other data"),
        (network, {"steps": 2}, "with another number of steps in an epoch"),
        (network, {"monitor": "val_loss"}, "with other settings"),
        (network, {"patience": 3}, "with other settings"),
        (network, {"epochs": 2}, "it had done 3 epochs, more than the 2 asked for now"),
    ],
)
def test_another_training_starts_from_the_beginning(make, options, reason, folder, capsys):
    saved_file(folder).write_bytes(state_after_3_epochs())
    model = make()
    fresh = [variable.numpy() for variable in model.variables]
    lines(capsys)
    begin(model, **options)
    assert lines(capsys) == [
        f"{NAME}: an interrupted training was found, but {reason}; training starts from the beginning."
    ]
    assert model._initial_epoch is None
    for variable, value in zip(model.variables, fresh, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_another_seed_is_another_training(folder, monkeypatch, capsys):
    saved_file(folder).write_bytes(state_after_3_epochs())
    lines(capsys)
    monkeypatch.setenv("COLORKIT_SEED", "1")
    begin(network())
    assert "but with other settings; training starts from the beginning" in lines(capsys)[0]


def test_what_was_not_changed_goes_on(folder, capsys):
    """Without this, the test above would pass if nothing was ever resumed."""
    saved_file(folder).write_bytes(state_after_3_epochs())
    model = network()
    lines(capsys)
    begin(model, epochs=3)
    assert model._initial_epoch == 3
    assert lines(capsys) == []


def test_another_training_is_trained_and_leaves_nothing(folder):
    saved_file(folder).write_bytes(state_after_3_epochs())
    assert fit(other_loss()).epoch == list(range(6))
    assert not saved_file(folder).exists()


# Another kernel ---------------------------------------------------------------------------------------------------


def test_the_file_is_locked_while_training(folder):
    held = []

    class TriesToo(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            with pytest.raises(files.FileProblem, match="in use by another kernel"), files.locked(saved, wait=False):
                pass
            held.append(epoch)

    saved = saved_file(folder)
    fit(plain(), TriesToo())
    assert held == list(range(6))
    with files.locked(saved, wait=False):
        pass


def test_second_kernel_trains_without_resuming_and_leaves_the_file(folder, capsys):
    state, expected = state_after_3_epochs(), whole(epochs=6)
    saved_file(folder).write_bytes(state)
    code = (
        "import sys; from pathlib import Path; from colorkit import files\n"
        "with files.locked(Path(sys.argv[1])): print('training', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code, str(saved_file(folder))], **pipes) as other:
        assert other.stdout.readline() == "training\n"
        lines(capsys)
        model = network()
        assert_same_training(model, fit(model), *expected)
        said = lines(capsys)
        other.stdin.close()
    assert re.fullmatch(
        rf"{NAME}: this run cannot be resumed, for {NAME}\.npz in .* is in use by another kernel .*\.", said[0]
    )
    assert said[1] == f"{NAME}  epoch 1/6"
    assert saved_file(folder).read_bytes() == state
    model = network()
    begin(model)  # and once the other has ended, the file is there to go on
    assert model._initial_epoch == 3


# Not asked for ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("resume", [True, False, iter([1, 2])])
def test_resuming_needs_to_know_the_data(resume):
    with pytest.raises(TypeError, match=r"is trained on.* got (True|False|list_iterator); "):
        training.callbacks(NAME, resume=resume)


def test_each_preset_has_its_own_state(folder, monkeypatch, capsys):
    saved_file(folder).write_bytes(state_after_3_epochs())
    monkeypatch.setenv("COLORKIT_PRESET", "laptop")
    assert fit(network()).epoch == list(range(6))
    assert "resumed" not in capsys.readouterr().out
    assert saved_file(folder).exists()


def test_resuming_is_asked_for_and_the_book_never_resumes(folder, monkeypatch, capsys):
    saved_file(folder).write_bytes(state_after_3_epochs())
    model = network()
    lines(capsys)
    monkeypatch.setenv("COLORKIT_BOOK", "1")
    begin(model)
    assert model._initial_epoch is None
    assert saved_file(folder).exists()
    monkeypatch.delenv("COLORKIT_BOOK")
    begin(model, resume=None)
    assert model._initial_epoch is None
    assert saved_file(folder).exists()
    assert lines(capsys) == []


# A file that is of no use -----------------------------------------------------------------------------------------


def test_damaged_file_changes_nothing(folder, capsys):
    file = saved_file(folder)
    good = state_after_3_epochs()
    random = np.random.default_rng(0)
    damaged = {"empty": b"", "text": b"not an archive", "cut": good[: len(good) // 2], "zeros": bytes(len(good))}
    for number in range(100):
        changed = bytearray(good)
        changed[random.integers(len(good))] ^= int(random.integers(1, 256))
        damaged[f"byte {number}"] = bytes(changed)

    saved_at_3 = whole(epochs=3)[0].get_weights()
    model = network()
    fresh = model.get_weights()
    refused = 0
    for name, content in damaged.items():
        model.set_weights(fresh)
        file.write_bytes(content)
        lines(capsys)
        begin(model)
        said = capsys.readouterr().out
        refused += bool(said)
        # A byte of the archive that means nothing, such as a date, may change; a value may not.
        for value, wanted in zip(model.get_weights(), fresh if said else saved_at_3, strict=True):
            np.testing.assert_allclose(value, wanted, rtol=1e-4, atol=1e-6, err_msg=name)
        if said:
            assert said.count("\n") == 1
            assert "its file is damaged" in said, name
    assert refused > 50


def test_pickled_objects_are_not_loaded(folder, capsys):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(folder / "exploded"),)

    np.savez(made(saved_file(folder).parent) / saved_file(folder).name, json=np.array([Bomb()], dtype=object))
    fit(network(), epochs=1)
    assert "its file is damaged" in capsys.readouterr().out
    assert not (folder / "exploded").exists()


def test_full_disk_does_not_end_the_training(folder, monkeypatch, capsys):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert fit(plain()).epoch == list(range(6))
    said = [line for line in lines(capsys) if "is not saved for an interruption" in line]
    assert len(said) == 1
    assert "No space left" in said[0]
    assert only_a_lock(folder)
