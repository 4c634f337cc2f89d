"""How good a colorization is: measures of color, trivial colorizers to compare with, and a table with intervals."""

from colorkit.metrics.baselines import color_given_lightness, color_table, gray, mean_color
from colorkit.metrics.intervals import Estimate, bootstrap, paired_difference, share_of_gap
from colorkit.metrics.measures import (
    ab_mae,
    ab_rmse,
    auc,
    channel_agreement,
    ciede2000,
    colorfulness,
    distribution_distance,
    psnr,
    rgb_mae,
    rgb_rmse,
    spread,
    ssim,
)
from colorkit.metrics.table import MEASURES, Measure, Table, evaluate

__all__ = [
    "MEASURES",
    "Estimate",
    "Measure",
    "Table",
    "ab_mae",
    "ab_rmse",
    "auc",
    "bootstrap",
    "channel_agreement",
    "ciede2000",
    "color_given_lightness",
    "color_table",
    "colorfulness",
    "distribution_distance",
    "evaluate",
    "gray",
    "mean_color",
    "paired_difference",
    "psnr",
    "rgb_mae",
    "rgb_rmse",
    "share_of_gap",
    "spread",
    "ssim",
]
