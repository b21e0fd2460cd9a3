"""Promotion Gate: may a newly trained model replace the current best one?"""
