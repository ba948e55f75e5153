"""The application that answers: HTTP API, search page, command line."""

import os

# NumPy's BLAS reads this once, when it is loaded. The vector scan is bound by memory, not by arithmetic: a second
# thread gains a fifth on an idle machine and loses several times that on a busy one, where its spinning starves others.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
