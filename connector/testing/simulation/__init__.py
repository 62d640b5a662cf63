"""The simulator: weeks of a whole installation in a hostile world, drawn from one seed, and what must hold in them.

Only the doubles of `connector.testing` stand for the outside; the pass, its steps and the database are the real ones.
Nothing sleeps and no wall clock is read, so a seed replays exactly.
"""
