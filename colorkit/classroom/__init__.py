"""Exercises and their checks, and claims that a lesson proves as it runs."""

from colorkit.classroom.checks import check
from colorkit.classroom.claims import ClaimError, claim
from colorkit.show.box import CLAIM_MIME

__all__ = ["CLAIM_MIME", "ClaimError", "check", "claim"]
