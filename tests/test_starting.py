"""How a lesson starts: whatever other projects set, it has its settings and its pictures, or says what to do."""

import json
import os
import re
import subprocess
import sys

import nbclient
import nbformat
import pytest


def start(code="import colorkit; colorkit.setup()", **environment):
    """Run code in a Python of its own."""
    environment = {**{name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}, **environment}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)


# What lessons do: one network after another is asked.
ASK_MANY = """
import colorkit
print(colorkit.setup().name)
import keras, numpy
for _ in range(7):
    keras.Sequential([keras.layers.Dense(1)]).predict(numpy.ones((2, 1)), verbose=0)
"""


def test_setup_says_what_runs():
    done = start(ASK_MANY)
    first, second, name = done.stdout.splitlines()
    assert re.fullmatch(r"colorkit [\d.]+ · Keras [\d.]+ on \w+ [\d.]+ · Python [\d.]+", first)
    assert re.fullmatch(r"device: \S+ \(\S.*, \d+ processor cores\) · preset: test", second) and name == "test"
    assert done.stderr == ""  # TensorFlow's start-up messages, and its warnings of retracing, look like errors


# What TensorFlow raises where protobuf is older than it needs.
PROTOBUF = """
from google.protobuf.runtime_version import VersionError
raise VersionError("Detected incompatible Protobuf Gencode/Runtime versions")
"""
# What Python says of a package that is not installed.
MISSING = """
import sys
class Missing:
    def find_spec(name, path=None, target=None):
        if name == {name!r}:
            raise ModuleNotFoundError("No module named {name}", name=name)
sys.meta_path.insert(0, Missing)
"""
ELSE = "name 'tensorflow' there, or nothing, then start Jupyter again and run this cell"
AGAIN = "restart the kernel, and run this cell again"


@pytest.mark.parametrize(
    ("environment", "settings", "missing", "sentence"),
    [
        ({}, {}, "tensorflow", f"Keras needs TensorFlow, which is not installed; install it with `%pip install tensor"
         f"flow`, {AGAIN}"),
        ({}, {}, "keras", f"Keras is not installed; install it with `%pip install keras`, {AGAIN}"),
        ({"KERAS_BACKEND": "torch"}, {}, "torch", f"KERAS_BACKEND is 'torch', which is not installed; {ELSE}"),
        ({"KERAS_BACKEND": "jax"}, {}, "jax", f"KERAS_BACKEND is 'jax', which is not installed; {ELSE}"),
        ({"KERAS_BACKEND": "theano"}, {}, None,
         f"KERAS_BACKEND is 'theano', which Keras cannot train networks with; {ELSE}"),
        ({"KERAS_BACKEND": "numpy"}, {}, None,
         f"KERAS_BACKEND is 'numpy', which Keras cannot train networks with; {ELSE}"),
        ({}, {"backend": "torch"}, "torch",
         f"The backend in HOME/keras.json is 'torch', which is not installed; {ELSE}"),
        ({}, {"backend": "cntk"}, None,
         f"The backend in HOME/keras.json is 'cntk', which Keras cannot train networks with; {ELSE}"),
        ({}, ["no settings"], None, "Keras cannot use its settings in HOME/keras.json ('list' object has no attribute "
         "'get'); remove that file, then restart the kernel"),
        ({"PYTHONPATH": "OLD"}, {}, None, "TensorFlow and protobuf do not fit together (Detected incompatible Protobuf "
         f"Gencode/Runtime versions); install it with `%pip install --upgrade protobuf`, {AGAIN}"),
    ],
)  # fmt: skip
def test_what_cannot_start_is_said_in_one_sentence(tmp_path, environment, settings, missing, sentence):
    (tmp_path / "keras.json").write_text(json.dumps(settings), "utf-8")
    (tmp_path / "old" / "tensorflow").mkdir(parents=True)
    (tmp_path / "old" / "tensorflow" / "__init__.py").write_text(PROTOBUF, "utf-8")
    code = f"{MISSING.format(name=missing)}\nimport colorkit; colorkit.setup()"
    places = {name: value.replace("OLD", str(tmp_path / "old")) for name, value in environment.items()}
    done = start(code, **{"KERAS_HOME": str(tmp_path), **places})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ImportError: " + sentence.replace("HOME", str(tmp_path))
    assert done.stderr.count("Traceback") == 1  # and not also what Keras and its backend say


def test_settings_of_other_projects_change_no_lesson(tmp_path):
    """Axes, numbers, and pictures, of which MPLBACKEND leaves none, whether Matplotlib is loaded later or already."""
    settings = {"image_data_format": "channels_first", "floatx": "float16", "epsilon": 0.1}
    (tmp_path / "keras.json").write_text(json.dumps(settings), "utf-8")
    draw = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    cells = [
        "from colorkit import setup\npreset = setup()",
        draw,
        "import matplotlib\nmatplotlib.use('Agg')\npreset = setup()",
        draw,
        "import keras\nlayer = keras.layers.Conv2D(8, 1)\nshape = layer(keras.ops.ones((1, 4, 5, 3))).shape\n"
        "print(tuple(shape), layer.compute_dtype, keras.config.floatx(), keras.config.epsilon())",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    environment = {**os.environ, "KERAS_HOME": str(tmp_path), "MPLBACKEND": "TkAgg"}
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute(
        env=environment
    )
    for drawn in (notebook.cells[1], notebook.cells[3]):
        assert ["image/png" in output.get("data", {}) for output in drawn.outputs] == [True]
    assert notebook.cells[4].outputs[0].text.strip() == "(1, 4, 5, 8) float32 float32 1e-07"


LIGHT = """
import sys
from colorkit import starting
starting.start_light()
import keras, numpy
assert not {"jax", "sklearn", "matplotlib", "IPython"} & set(sys.modules)
keras.Sequential([keras.layers.Dense(1)]).predict(numpy.ones((2, 1)), verbose=0)
import matplotlib.pyplot, IPython  # whoever wants them later has them
"""


def test_a_command_loads_no_more_than_it_needs_and_says_what_a_shell_understands():
    done = start(LIGHT)
    assert (done.returncode, done.stderr) == (0, "")
    done = start(f"{MISSING.format(name='tensorflow')}\nfrom colorkit import starting; starting.start_light()")
    said = (
        "Keras needs TensorFlow, which is not installed; install it with `pip install tensorflow`, then run the command"
    )
    assert done.stderr.splitlines()[-1] == f"ImportError: {said} again"
