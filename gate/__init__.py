"""Promotion Gate: may a newly trained model replace the current best one?"""

__version__ = "0.1.0"
