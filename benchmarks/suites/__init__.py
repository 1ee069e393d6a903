"""One module a suite, each with ``WORKS``: what to measure, by the name of its budget.

Suites run in the workers, in either environment: they import the standard library,
MongoEngine and PyMongo alone, and of this package only what does the same.

A suite that needs a server must not start one, or each worker would have its own: the
harness outlives the workers, so `benchmarks.harness.run_rounds` is where one server is
started for them all, and the worker's command line is how they learn its address.
"""
