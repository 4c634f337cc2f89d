"""Color any photo with any network that follows the course's contract: L goes in, ab comes out."""

from colorkit.colorizing.contract import ContractError, check_ab, check_model
from colorkit.colorizing.photo import colorize

__all__ = ["ContractError", "check_ab", "check_model", "colorize"]
