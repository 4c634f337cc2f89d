"""Exercises and their checks, and claims that a lesson proves as it runs."""

from colorkit.classroom.checks import CHECK_MIME, check
from colorkit.classroom.claims import CLAIM_MIME, ClaimError, claim

__all__ = ["CHECK_MIME", "CLAIM_MIME", "ClaimError", "check", "claim"]
