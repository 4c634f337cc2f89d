"""Exercises and their checks, claims that a lesson proves as it runs, assignments, and their grading."""

from colorkit.classroom.checks import CHECK_MIME, check
from colorkit.classroom.claims import CLAIM_MIME, ClaimError, claim
from colorkit.classroom.standing import standing

__all__ = ["CHECK_MIME", "CLAIM_MIME", "ClaimError", "check", "claim", "standing"]
