"""The course's contract: a colorizer takes L and gives ab."""

import numpy as np


class ContractError(ValueError):
    """A model does not take L and give ab as the course's networks do."""


def check_model(model, hints=False):
    """Check what can be seen of a colorizer without running it.

    Parameters
    ----------
    model : keras.Model
        What should follow the contract.
    hints : bool
        Whether it must take color hints, as a second input. Without, it may.

    Raises
    ------
    ContractError
        If it is no model, or its inputs or outputs are not L and ab.

    Examples
    --------
    >>> import keras
    >>> L = keras.Input((None, None, 1))
    >>> check_model(keras.Model(L, keras.layers.Conv2D(2, 3, padding="same")(L)))
    >>> check_model(keras.Model(L, keras.layers.Conv2D(3, 3, padding="same")(L)))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    colorkit.colorizing.contract.ContractError: a colorizer gives ab, ... this model gives (None, None, None, 3)
    """
    import keras

    if not isinstance(model, keras.Model):
        raise ContractError(f"a colorizer is a Keras model, got {type(model).__name__}; pass the model itself")
    hinted = len(model.inputs or ()) == 2 and model.inputs[1].shape[-1] == 3
    if hints and not hinted:
        raise ContractError("this model takes no color hints; pass one with a second input for them, or no hints")
    if not (hinted or len(model.inputs or ()) == 1) or len(model.outputs or ()) != 1:
        raise ContractError(
            f"a colorizer has one input (L) and one output (ab), this model has {len(model.inputs or ())} and "
            f"{len(model.outputs or ())}; put what else it needs (an embedding, say) inside the model"
        )
    taken, given = tuple(model.inputs[0].shape), model.output_shape
    if len(taken) != 4 or taken[-1] != 1:
        raise ContractError(f"a colorizer takes L, shape (batch, height, width, 1), this model takes {taken}")
    if len(given) != 4 or given[-1] != 2:
        raise ContractError(f"a colorizer gives ab, shape (batch, height, width, 2), this model gives {given}")


def check_ab(ab, lightness):
    """Check what a colorizer gave.

    Parameters
    ----------
    ab : array
        What should be ab, shape (N, H, W, 2), float32, Lab units.
    lightness : array, shape (N, H, W, 1)
        What it was given.

    Raises
    ------
    ContractError
        If shape, type or range is another.
    """
    if ab.ndim != 4 or ab.shape[3] != 2 or len(ab) != len(lightness):
        raise ContractError(f"ab for L of shape {lightness.shape} has two channels instead of one, got {ab.shape}")
    if ab.shape[1:3] != lightness.shape[1:3]:
        raise ContractError(
            f"ab must be as large as L; this model made {ab.shape[1:3]} of {lightness.shape[1:3]}: compare its strides "
            "with its upsampling"
        )
    if ab.dtype != np.float32:
        raise ContractError(
            f"ab must be float32, this model gives {ab.dtype}; end it with a float32 layer, or a function with "
            ".astype('float32')"
        )
    if not np.isfinite(ab).all():
        raise ContractError("ab holds NaN or infinity: the training has diverged, try a smaller learning rate")
    largest = np.abs(ab).max()
    if largest > 256:
        raise ContractError(f"ab reaches {largest:.4g}; in Lab units it is about -108..98: look at the model's scaling")
