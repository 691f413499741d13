"""Draws attention in JupyterLab; everything it does is in the browser. This module tells Jupyter where that part is."""

from ._version import __version__

__all__ = ["__version__"]


def _jupyter_labextension_paths():
    return [{"src": "labextension", "dest": "jupyterlab-heed"}]
